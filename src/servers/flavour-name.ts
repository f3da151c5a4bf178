/** The first is the default. */
export const flavourNames = ['mariadb', 'mysql', 'postgresql'] as const;
/** A kind of server, as configuration and command lines name it. */
export type FlavourName = (typeof flavourNames)[number];
