/** Replicas follow a source that an operator chooses. */
import type { LocalSupervisor } from '../../servers/local-servers.ts';
import { localServers } from '../programs/known-programs.ts';
import { arrangeReplication } from '../replication/arrange-replication.ts';
import type { LocalTopology, TopologyContext } from './topology.ts';

export function replicationTopology(context: TopologyContext): LocalTopology {
  const { flavour, plans, server, runs, formerSource, accounts, semiSync, sourceAddressFor, clock, log } = context;
  let supervisor: LocalSupervisor | null = null;
  return {
    arrange: async (started) => {
      const source = await arrangeReplication({
        flavour,
        servers: plans.map(({ name, serverId }) => ({ ...server(name), serverId, runs: runs(name) })),
        formerSource: await formerSource(),
        started,
        semiSync,
        account: accounts.replication,
        clock,
        log,
        sourceAddressFor,
      });
      const { supervise } = localServers(flavour);
      const servers = plans.map(({ name }) => server(name));
      if (semiSync && servers.length > 1) supervisor ??= supervise?.({ servers, runs, clock, log }) ?? null;
      return source;
    },
    close: () => supervisor?.close(),
  };
}
