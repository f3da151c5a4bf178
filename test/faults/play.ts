import { systemClock } from '../../src/platform/clock.ts';
import type { Finding } from '../bench/finding.ts';
import type { Anomaly } from '../consistency/checkers/anomaly.ts';
import { type History, isRead, isWrite } from '../consistency/history.ts';
import { Random } from '../consistency/random.ts';
import { Workload } from '../consistency/workload.ts';
import { ordinary, readers } from './checks.ts';
import { lateAfterMs, type Measures, measure } from './measures.ts';
import type { Moments, Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';
import { SteadyLoad } from './steady-load.ts';
import { judgeSteadyWrites } from './steady-verdict.ts';
import { judge } from './verdict.ts';
import { Witness } from './witness.ts';

export type Outcome = {
  readonly scenario: Pick<Scenario, 'name' | 'title' | 'why'>;
  readonly measures: Measures;
  /** What the clients of the history were told, by code. */
  readonly errors: Readonly<Record<string, number>>;
  readonly operations: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly anomalies: number;
  readonly differences: number;
  readonly findings: readonly Finding[];
};

export type Played = {
  readonly outcome: Outcome;
  readonly history: History;
  readonly broken: readonly Anomaly[];
  /** Records that differ in the backup, in words. */
  readonly differences: readonly string[];
};

/** How long clients work: until all is warm, as usual, and after the fault. Milliseconds. */
export type Pace = { readonly warmMs: number; readonly usualMs: number; readonly afterMs: number };

export type PlayOptions = {
  /** Unlike that of any other scenario on the same stage. */
  readonly turn: number;
  readonly seed: number;
  readonly pace?: Pace;
};

const defaultPace: Pace = { warmMs: 1000, usualMs: 3000, afterMs: 3000 };
const writers = 2;
const sessions = 4;

/** Clients at work, then the fault, then its end, then work again; then the verdict over all that they were told. */
export async function play(
  stage: Stage,
  scenario: Scenario,
  { turn, seed, pace = defaultPace }: PlayOptions,
): Promise<Played> {
  const [first, second] = stage.places;
  const workload = new Workload({
    endpoints: [first, second],
    sessions,
    tokens: true,
    random: new Random(seed + turn),
    clock: systemClock,
    firstWrite: (turn + 1) * 1_000_000_000 + 1,
    firstUser: (turn + 1) * 1000,
    levels: scenario.levels,
  });
  const userId = String(turn * 1000 + 999);
  const patience = scenario.patienceMs === undefined ? {} : { patienceMs: scenario.patienceMs };
  const steady = new SteadyLoad({ endpoints: [first, second], readers, writers, userId, ...patience });
  const witness = new Witness(stage.places);
  const over = new AbortController();
  const clients = Promise.all([workload.run(over.signal), steady.run(over.signal)]).then(() => undefined);
  clients.catch(() => undefined);
  const begun = steady.begun(over.signal);
  begun.catch(() => undefined);
  try {
    await Promise.race([begun, clients]);
    await systemClock.sleep(pace.warmMs);
    const usualMs = systemClock.monotonic();
    await systemClock.sleep(pace.usualMs);
    const { moments, noticed } = await misfortune(stage, scenario, {
      write: (place) => steady.writeUnderWay(place === 0 ? 0 : 1, over.signal),
    });
    await systemClock.sleep(pace.afterMs);
    over.abort();
    await clients;
    const untilMs = systemClock.monotonic();
    await stage.untilWhole();
    await workload.readAtTheEnd();
    const differences = await stage.differences();
    const history: History = {
      header: { format: 'tidemark-history/1', seed, flavour: stage.cluster.cluster.flavour, tokens: true },
      operations: workload.operations(),
    };
    const { samples } = steady;
    const { findings, broken, ...counts } = judge({
      history,
      steady: judgeSteadyWrites(steady.writes, await stage.ordersByNumber(userId)),
      differences,
    });
    // What was under way when the fault came is the fault's.
    const ended = samples.filter(({ endedMs }) => endedMs < moments.beganMs);
    const before = measure(ended, { fromMs: usualMs, untilMs: moments.beganMs });
    const during = measure(samples, { fromMs: moments.beganMs, untilMs }, lateAfterMs(before));
    const seen = { samples, moments, during, before, history, events: witness.heard() };
    const { name, title, why } = scenario;
    return {
      outcome: {
        scenario: { name, title, why },
        measures: during,
        errors: errorsOf(history),
        operations: history.operations.length + samples.length,
        ...counts,
        findings: [...noticed, ...scenario.findings(seen), ...findings],
      },
      history,
      broken,
      differences,
    };
  } finally {
    over.abort();
    await clients.catch(() => undefined);
    await witness.close();
  }
}

async function misfortune(
  stage: Stage,
  scenario: Scenario,
  work: Parameters<Scenario['begin']>[1],
): Promise<{ moments: Moments; noticed: readonly Finding[] }> {
  const beganMs = systemClock.monotonic();
  const atBegin = await scenario.begin(stage, work);
  const doneMs = systemClock.monotonic();
  await systemClock.sleep(scenario.lastsMs);
  const mendingMs = systemClock.monotonic();
  const atEnd = await scenario.end(stage);
  const endedMs = systemClock.monotonic();
  return { moments: { beganMs, doneMs, mendingMs, endedMs }, noticed: [...(atBegin ?? []), ...(atEnd ?? [])] };
}

function errorsOf({ operations }: History): Record<string, number> {
  const errors: Record<string, number> = {};
  for (const operation of operations) {
    if (!isRead(operation) && !isWrite(operation)) continue;
    const { error } = operation;
    if (error !== null && !ordinary.has(error)) errors[error] = (errors[error] ?? 0) + 1;
  }
  return errors;
}
