/** The servers elect their source themselves. */
import { ServerStartError, UnsupportedTopologyError } from '../local-errors.ts';
import { localServers } from '../programs/known-programs.ts';
import type { LocalTopology, TopologyContext } from './topology.ts';

export function groupTopology(context: TopologyContext): LocalTopology {
  const { id, flavour, plans, server, runs, accounts, clock, signal, log } = context;
  const { group } = localServers(flavour);
  if (group === null) throw new UnsupportedTopologyError(`${flavour} has no replication groups`);
  const names = plans.map(({ name }) => name);
  const form = async () => {
    const away = names.filter((name) => !runs(name));
    const members = names.filter(runs).map(server);
    try {
      const primary = await group.form({ groupName: id, members, away, accounts, clock, signal });
      if (primary === null) log(`the group is waiting for ${away.join(', ')}`);
      return primary;
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ServerStartError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  };
  let forming: Promise<unknown> = Promise.resolve();
  return {
    // One at a time: two simultaneous checks might both find that the group has not been started.
    arrange: () => {
      const next = forming.then(form, form);
      forming = next.catch(() => undefined);
      return next;
    },
    close: () => undefined,
  };
}
