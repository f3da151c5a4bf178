import type { FlavourName } from '../servers/flavour-name.ts';

/** The kind of servers a local cluster runs. */
export type ServerFlavour = FlavourName;

/** Every kind of server that the local cluster can start. */
export type ServerKind = ServerFlavour | 'redis';

/** `replication`: replicas follow a source that an operator chooses. `group`: the servers elect it themselves; MySQL only. */
export const topologies = ['replication', 'group'] as const;
export type Topology = (typeof topologies)[number];
