// What goes wrong while the clients work: one misfortune after another, each healed before the next begins, all kinds in
// every round. The source is only touched on demand: writes stop while it is down, and with them most of the work.
import type { Clock } from '../../src/platform/clock.ts';
import { sourceOf } from '../support/engine.ts';
import type { TestCluster } from '../support/test-cluster.ts';
import type { Random } from './random.ts';

type Misfortune = {
  readonly name: string;
  readonly victim?: () => string;
  begin(node: string): Promise<void>;
  end(node: string): Promise<void>;
};

export type FaultOptions = {
  readonly cluster: TestCluster;
  readonly random: Random;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** Kills the source too, and starts it again with its data. */
  readonly sourceToo: boolean;
};

/** Until the signal: then the cluster is whole again. */
export async function makeTrouble(
  { cluster, random, clock, log, sourceToo }: FaultOptions,
  signal: AbortSignal,
): Promise<number> {
  const replicas = () => cluster.cluster.nodes.filter((node) => node.role === 'replica').map((node) => node.name);
  // Nothing can stand between the members of a group.
  const holdBack = (delayMs: () => number) => {
    if (cluster.cluster.topology === 'group') return;
    for (const replica of replicas()) cluster.setReplicationDelay(replica, delayMs());
  };
  const kinds = [...misfortunes(cluster), ...(sourceToo ? [sourceKilled(cluster)] : [])];
  const pause = (least: number, most: number) =>
    clock.sleep(random.between(least, most), { signal }).catch(() => undefined);
  let count = 0;
  while (!signal.aborted) {
    for (const kind of random.shuffled(kinds)) {
      if (signal.aborted) break;
      holdBack(() => random.between(20, 300));
      await pause(200, 700);
      if (signal.aborted) break;
      const victim = kind.victim?.() ?? random.pick(replicas()) ?? '';
      log(`${kind.name}: ${victim}`);
      await kind.begin(victim);
      await pause(600, 1600);
      await kind.end(victim);
      count++;
    }
  }
  holdBack(() => 0);
  return count;
}

function misfortunes(cluster: TestCluster): Misfortune[] {
  return [
    {
      name: 'applier stopped',
      begin: (replica) => cluster.stopApplier(replica),
      end: (replica) => cluster.startApplier(replica),
    },
    {
      name: 'killed',
      begin: (replica) => cluster.kill(replica),
      end: (replica) => cluster.restart(replica),
    },
    {
      name: 'paused',
      begin: async (replica) => cluster.pause(replica),
      end: async (replica) => cluster.resume(replica),
    },
    ...(cluster.cluster.topology === 'group' ? [] : [replicationLate(cluster)]),
  ];
}

function replicationLate(cluster: TestCluster): Misfortune {
  return {
    name: 'replication late',
    begin: async (replica) => cluster.setReplicationDelay(replica, 300),
    end: async (replica) => cluster.setReplicationDelay(replica, 20),
  };
}

function sourceKilled(cluster: TestCluster): Misfortune {
  return {
    name: 'killed',
    victim: () => sourceOf(cluster),
    begin: (source) => cluster.kill(source),
    end: (source) => cluster.restart(source),
  };
}
