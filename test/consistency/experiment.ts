import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/platform/clock.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { type ApiProcess, startApiProcess } from './api-process.ts';
import { checkHistory } from './check-history.ts';
import type { Anomaly } from './checkers/anomaly.ts';
import { makeTrouble } from './faults.ts';
import { type History, isWrite, saveHistory } from './history.ts';
import { Random } from './random.ts';
import { Workload } from './workload.ts';

export const artefacts = fileURLToPath(new URL('../artefacts', import.meta.url));

export type Laboratory = {
  readonly cluster: TestCluster;
  readonly apis: readonly ApiProcess[];
  stop(): Promise<void>;
};

/** A cluster whose replication can be held back, or a group, and two API processes on it. */
export async function openLaboratory(
  flavour?: 'mariadb' | 'mysql',
  topology: 'replication' | 'group' = 'replication',
): Promise<Laboratory> {
  const cluster = await startTestCluster({
    topology,
    redis: false,
    ...(topology === 'replication' && { replicationDelayMs: 20 }),
    ...(flavour && { flavour }),
  });
  const apis: ApiProcess[] = [];
  const stop = async () => {
    await Promise.all(apis.map((api) => api.stop()));
    await cluster.stop();
  };
  try {
    apis.push(await startApiProcess(cluster));
    apis.push(await startApiProcess(cluster));
  } catch (error) {
    await stop();
    throw error;
  }
  return { cluster, apis, stop };
}

export type ExperimentOptions = {
  readonly seconds: number;
  /** Continues until this many writes were committed, for at most two more minutes. Default: none. */
  readonly leastWrites?: number;
  readonly tokens: boolean;
  readonly seed: number;
  readonly sessions?: number;
  readonly sourceToo?: boolean;
  readonly log: (line: string) => void;
};

export type Finding = {
  readonly history: History;
  readonly anomalies: readonly Anomaly[];
  readonly misfortunes: number;
};

const moreMs = 120_000;

let experiments = 0;

/** Clients at work and trouble in the cluster for so many seconds, then the final reads, then the verdict. */
export async function experiment({ cluster, apis }: Laboratory, options: ExperimentOptions): Promise<Finding> {
  const { seconds, leastWrites = 0, tokens, seed, log, sessions = 12, sourceToo = false } = options;
  const random = new Random(seed);
  const [first, ...others] = apis;
  if (first === undefined) throw new Error('nobody serves');
  experiments++;
  const workload = new Workload({
    endpoints: [first, ...others],
    sessions,
    tokens,
    random: random.fork(),
    clock: systemClock,
    firstWrite: experiments * 1_000_000_000 + 1,
    firstUser: experiments * 1000,
  });
  const over = new AbortController();
  const work = Promise.all([
    makeTrouble({ cluster, random: random.fork(), clock: systemClock, log, sourceToo }, over.signal),
    workload.run(over.signal),
  ]);
  work.catch(() => over.abort());
  await systemClock.sleep(seconds * 1000, { signal: over.signal }).catch(() => undefined);
  const lastMs = systemClock.monotonic() + moreMs;
  // A busy machine does less work in the same time.
  while (!over.signal.aborted && committedIn(workload) < leastWrites && systemClock.monotonic() < lastMs) {
    await systemClock.sleep(100);
  }
  over.abort();
  const [misfortunes] = await work;
  await workload.readAtTheEnd();
  const { flavour } = cluster.cluster;
  const history: History = {
    header: { format: 'tidemark-history/1', seed, flavour, tokens },
    operations: workload.operations(),
  };
  return { history, anomalies: checkHistory(history), misfortunes };
}

function committedIn(workload: Workload): number {
  return workload.operations().filter((operation) => isWrite(operation) && operation.outcome === 'committed').length;
}

/** Where the history was put, to be judged again. */
export async function keep({ history }: Finding): Promise<string> {
  const { flavour, tokens, seed } = history.header;
  const path = join(artefacts, `history-${flavour}-${tokens ? 'with' : 'without'}-tokens-${seed}.jsonl`);
  await mkdir(dirname(path), { recursive: true });
  await saveHistory(path, history);
  return path;
}
