import { systemClock } from '../../src/platform/clock.ts';
import { type Finding, finding } from '../bench/finding.ts';
import { checkHistory } from '../consistency/check-history.ts';
import type { Anomaly } from '../consistency/checkers/anomaly.ts';
import { type History, isRead, isWrite } from '../consistency/history.ts';
import { Random } from '../consistency/random.ts';
import { Workload } from '../consistency/workload.ts';
import { type Measures, measure } from './measures.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';
import { SteadyLoad } from './steady-load.ts';

export type Outcome = {
  readonly scenario: Pick<Scenario, 'name' | 'title'>;
  readonly measures: Measures;
  /** What the clients of the history were told, by code. */
  readonly errors: Readonly<Record<string, number>>;
  readonly operations: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly anomalies: number;
  readonly findings: readonly Finding[];
};

export type Played = Outcome & { readonly history: History; readonly broken: readonly Anomaly[] };

const usualMs = 3000;
const afterMs = 3000;
const readers = 8;
const writers = 2;
const sessions = 4;

/** Clients at work, then the fault, then its end, then work again; then the verdict over all that they were told. */
export async function play(stage: Stage, scenario: Scenario, turn: number, seed: number): Promise<Played> {
  const random = new Random(seed + turn);
  const [first, second] = stage.places;
  const workload = new Workload({
    endpoints: [first, second],
    sessions,
    tokens: true,
    random,
    clock: systemClock,
    firstWrite: (turn + 1) * 1_000_000_000 + 1,
    firstUser: (turn + 1) * 1000,
  });
  const steady = new SteadyLoad({ endpoints: [first, second], readers, writers, userId: String(turn * 1000 + 999) });
  const over = new AbortController();
  const work = Promise.all([workload.run(over.signal), steady.run(over.signal)]);
  const clients = work.then(() => undefined);
  clients.catch(() => undefined);
  const moments = { usualMs: 0, beganMs: 0, endedMs: 0 };
  try {
    await systemClock.sleep(1000);
    moments.usualMs = systemClock.monotonic();
    await systemClock.sleep(usualMs);
    moments.beganMs = systemClock.monotonic();
    await scenario.begin(stage);
    await systemClock.sleep(scenario.lastsMs);
    await scenario.end(stage);
    moments.endedMs = systemClock.monotonic();
    await systemClock.sleep(afterMs);
  } finally {
    over.abort();
  }
  await clients;
  const endMs = systemClock.monotonic();
  await stage.untilWhole();
  await workload.readAtTheEnd();
  const history: History = {
    header: { format: 'tidemark-history/1', seed, flavour: stage.cluster.cluster.flavour, tokens: true },
    operations: workload.operations(),
  };
  const broken = checkHistory(history);
  const { samples } = steady;
  const during = measure(samples, { fromMs: moments.beganMs, untilMs: endMs });
  const before = measure(samples, { fromMs: moments.usualMs, untilMs: moments.beganMs });
  const of = (guarantee: Anomaly['guarantee']) => broken.filter((anomaly) => anomaly.guarantee === guarantee).length;
  return {
    scenario: { name: scenario.name, title: scenario.title },
    measures: during,
    errors: errorsOf(history),
    operations: history.operations.length + samples.length,
    lost: of('acknowledged writes last'),
    duplicated: of('one key, one effect'),
    anomalies: broken.length,
    findings: [
      ...scenario.findings({ samples, moments, during, before }),
      finding('anomalies', broken.length, '', { atMost: 0 }),
    ],
    history,
    broken,
  };
}

/** Refusals that are part of the work, such as a version that was overtaken, are no errors. */
const ordinary: ReadonlySet<string> = new Set(['VERSION_CONFLICT', 'ORDER_NOT_FOUND', 'TimeoutError']);

function errorsOf({ operations }: History): Record<string, number> {
  const errors: Record<string, number> = {};
  for (const operation of operations) {
    if (!isRead(operation) && !isWrite(operation)) continue;
    const { error } = operation;
    if (error !== null && !ordinary.has(error)) errors[error] = (errors[error] ?? 0) + 1;
  }
  return errors;
}
