import type { Topology } from '../server-flavour.ts';
import { groupTopology } from './group.ts';
import { replicationTopology } from './replication.ts';
import type { LocalTopology, TopologyContext } from './topology.ts';

const made: Readonly<Record<Topology, (context: TopologyContext) => LocalTopology>> = {
  replication: replicationTopology,
  group: groupTopology,
};

export const makeTopology = (topology: Topology, context: TopologyContext): LocalTopology => made[topology](context);
