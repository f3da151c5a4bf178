// How a history comes to fork although nobody tells the API: ways in which people and tools promote, and a restore.
import { cp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LogicalDump, restoreDump, takeDump } from '../../support/logical-dump.ts';
import { follow, outside } from '../../support/promotion-outside.ts';
import type { TestCluster } from '../../support/test-cluster.ts';

export const forkWays = {
  sql: 'the source dies, a replica stops and forgets it and takes writes, the other follows',
  'stop-reset': 'the source dies, a replica stops and forgets it and accepts writes, no server follows',
  'read-only': 'the source dies, a replica takes writes and is told nothing else',
  restore: 'the source dies and comes back with an older copy of its data',
  'restore-dump': 'the source is emptied while it runs, and gets a logical dump with its position',
} as const;
export type ForkWay = keyof typeof forkWays;

export const isForkWay = (text: string): text is ForkWay => Object.hasOwn(forkWays, text);

const replicas = ['replica-1', 'replica-2'] as const;

export type Fork = {
  /** While nothing that is to be lost was written. */
  prepare(): Promise<void>;
  /** From here on the replicas get nothing more. */
  holdBack(): Promise<void>;
  /** Nothing that was written so far is to be lost. */
  keep(): Promise<void>;
  carryOut(): Promise<void>;
  clear(): Promise<void>;
};

export function forkOf(way: ForkWay, cluster: TestCluster): Fork {
  const holdBack = async () => {
    for (const name of replicas) await outside(cluster, name, 'stopReceiving');
  };
  const nothing = async () => undefined;
  if (way === 'restore') return restored(cluster);
  if (way === 'restore-dump') return reloaded(cluster);
  return {
    prepare: nothing,
    keep: nothing,
    holdBack,
    carryOut: async () => {
      await cluster.kill('source');
      const acts = way === 'read-only' ? (['takeWrites'] as const) : (['forget', 'takeWrites'] as const);
      await outside(cluster, 'replica-1', ...acts);
      if (way === 'sql') await follow(cluster, 'replica-2', 'replica-1');
    },
    clear: nothing,
  };
}

function restored(cluster: TestCluster): Fork {
  const copy = join(tmpdir(), `tidemark-copy-${process.pid}`);
  const { dataDirectory } = cluster.node('source');
  const copied = async () => {
    await cluster.cluster.stopNode('source');
    await rm(copy, { recursive: true, force: true });
    await cp(dataDirectory, copy, { recursive: true });
    await cluster.cluster.startNode('source');
  };
  return {
    prepare: copied,
    // They go on: what the restored source lacks they hold, and are errant.
    holdBack: async () => undefined,
    keep: copied,
    carryOut: async () => {
      await cluster.kill('source');
      await rm(dataDirectory, { recursive: true, force: true });
      await cp(copy, dataDirectory, { recursive: true });
      await cluster.cluster.startNode('source');
    },
    clear: async () => rm(copy, { recursive: true, force: true }),
  };
}

function reloaded(cluster: TestCluster): Fork {
  let dump: LogicalDump | null = null;
  const dumped = async () => {
    dump = await takeDump(cluster, 'source');
  };
  return {
    prepare: async () => undefined,
    // The replicas go on, as with any restore: what is written from here on is in no dump.
    holdBack: dumped,
    keep: dumped,
    carryOut: async () => {
      if (dump === null) throw new Error('nothing was dumped');
      await restoreDump(cluster, 'source', dump);
    },
    clear: async () => undefined,
  };
}
