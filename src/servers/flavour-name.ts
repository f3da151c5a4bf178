/** The first is what is meant where none is named. */
export const flavourNames = ['mariadb', 'mysql'] as const;
/** What configuration and command lines call a kind of server. */
export type FlavourName = (typeof flavourNames)[number];
