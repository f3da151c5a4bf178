import type { FlavourName } from '../servers/flavour-name.ts';

/** Which kind of servers a local cluster runs. */
export type ServerFlavour = FlavourName;

/** Every kind of server that the local cluster starts. */
export type ServerKind = ServerFlavour | 'redis';

/** `replication`: copies follow a source that people choose. `group`: the servers elect it among themselves; MySQL only. */
export const topologies = ['replication', 'group'] as const;
export type Topology = (typeof topologies)[number];
