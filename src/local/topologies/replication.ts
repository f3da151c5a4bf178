/** Replicas follow a source that an operator chooses. */
import { arrangeReplication } from '../replication/arrange-replication.ts';
import type { LocalTopology, TopologyContext } from './topology.ts';

export function replicationTopology(context: TopologyContext): LocalTopology {
  const { flavour, plans, server, runs, formerSource, accounts, semiSync, sourceAddressFor, clock, log } = context;
  return {
    arrange: async (started) =>
      arrangeReplication({
        flavour,
        servers: plans.map(({ name, serverId }) => ({ ...server(name), serverId, runs: runs(name) })),
        formerSource: await formerSource(),
        started,
        semiSync,
        account: accounts.replication,
        clock,
        log,
        sourceAddressFor,
      }),
  };
}
