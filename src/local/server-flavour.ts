/** Which family of servers a local cluster runs. */
export const serverFlavours = ['mariadb', 'mysql'] as const;
export type ServerFlavour = (typeof serverFlavours)[number];

/** Every kind of server that the local cluster starts. */
export type ServerKind = ServerFlavour | 'redis';

/** `replication`: copies follow a source that people choose. `group`: the servers elect it among themselves; MySQL only. */
export const topologies = ['replication', 'group'] as const;
export type Topology = (typeof topologies)[number];
