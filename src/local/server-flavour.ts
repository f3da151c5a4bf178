/** Which family of servers a local cluster runs. */
export const serverFlavours = ['mariadb', 'mysql'] as const;
export type ServerFlavour = (typeof serverFlavours)[number];

/** Every kind of server that the local cluster starts. */
export type ServerKind = ServerFlavour | 'redis';
