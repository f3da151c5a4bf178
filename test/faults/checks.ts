// What scenarios are held to, each against its bar.
import { type Finding, finding } from '../bench/finding.ts';
import { quantile } from '../bench/statistics.ts';
import { firstAfter, lateAfterMs, tookMs } from './measures.ts';
import type { Seen } from './scenario.ts';
import type { Sample } from './steady-load.ts';

export type Check = (seen: Seen) => Finding;

/** Of the API processes here: the one that is set unless something else is. */
export const probeIntervalMs = 1000;
const none = { atMost: 0 };

/** Clients that read as fast as they are answered. */
export const readers = 8;

/** Refusals that are part of the work, such as a version that was overtaken, are no errors. */
export const ordinary: ReadonlySet<string> = new Set(['VERSION_CONFLICT', 'ORDER_NOT_FOUND', 'TimeoutError']);

export const all =
  (...checks: readonly Check[]) =>
  (seen: Seen): readonly Finding[] =>
    checks.map((check) => check(seen));

export const failedReads: Check = ({ during }) => finding('failed reads', during.failedReads, '', none);

/** Each reader meets the silent replica once. */
export const lateReads: Check = ({ during, before }) =>
  finding(`reads over ${Math.round(lateAfterMs(before))} ms`, during.lateReads, '', { atMost: readers });

/** 500 ms, or more on a machine where reads take longer than 100 ms with nothing wrong. */
export const longestRead: Check = ({ during, before }) =>
  finding('longest read', during.longestReadMs, 'ms', { atMost: Math.max(500, before.longestReadMs + 400) });

export const overUsual: Check = ({ during, before }) =>
  finding('longest read over the usual longest', Math.max(0, during.longestReadMs - before.longestReadMs), 'ms', {
    atMost: 50,
  });

export const failedWrites: Check = ({ samples, moments }) =>
  finding('failed writes', failed(samples, 'write', moments.beganMs).length, '', none);

export const longestRefusal: Check = ({ during }) =>
  finding('longest time until a write fails', during.longestRefusalMs, 'ms', { atMost: 1000 });

/** A read that carries what a replica had answered with before asks for nothing that only the source can have. */
export const failedThoughSatisfied: Check = ({ samples, moments }) =>
  finding(
    'failed session reads already satisfied by a replica',
    failed(samples, 'read', moments.beganMs).filter(({ satisfied }) => satisfied).length,
    '',
    none,
  );

export const backInService =
  (node: string): Check =>
  (seen) =>
    firstOf(`${node} serves again after`, seen, 'endedMs', 1000, (sample) => isRead(sample) && sample.node === node);

export const firstWrite: Check = (seen) => firstOf('first write after the return', seen, 'endedMs', 500, isWrite);

export const firstReadAfterServers: Check = (seen) =>
  firstOf('first read after the servers', seen, 'endedMs', 5000, isRead);

export const firstWriteAfterServers: Check = (seen) =>
  firstOf('first write after the servers', seen, 'endedMs', 5000, isWrite);

export const writesAfterPromotion: Check = (seen) =>
  firstOf('first write after the promotion', seen, 'doneMs', 2 * probeIntervalMs, isWrite);

export const writesAfterElection: Check = (seen) =>
  firstOf('first write after the primary was killed', seen, 'beganMs', 12_000, isWrite);

export const servedBySource: Check = ({ samples, moments: { doneMs, mendingMs } }) => {
  const reads = samples.filter((sample) => isRead(sample) && sample.startedMs >= doneMs && sample.endedMs <= mendingMs);
  const there = reads.filter(({ node, error }) => error === null && node === 'source');
  return finding('reads answered by the source', (there.length / Math.max(1, reads.length)) * 100, '%', {
    atLeast: 100,
  });
};

export const quicklyLimited: Check = ({ samples, moments: { doneMs } }) => {
  const told = samples.filter(({ error, startedMs }) => error === 'LIMITED_FUNCTIONALITY' && startedMs >= doneMs);
  const p99 = told.length === 0 ? Number.MAX_SAFE_INTEGER : quantile(told.map(tookMs), 0.99);
  return finding('LIMITED_FUNCTIONALITY after, p99', p99, 'ms', { atMost: 100 });
};

export const longestFailure: Check = ({ samples, moments: { beganMs } }) => {
  const late = samples.filter(({ error, startedMs }) => error !== null && startedMs >= beganMs);
  const longestMs = late.reduce((most, sample) => Math.max(most, tookMs(sample)), 0);
  return finding('longest time until a request fails', longestMs, 'ms', { atMost: 500 });
};

/** Reads that asked for a bound, as many as it takes to say that it holds. What they saw is judged with the history. */
export const boundedReadsJudged: Check = ({ history, moments: { doneMs, mendingMs } }) => {
  const bounded = history.operations.filter(
    (operation) =>
      'maxStalenessMs' in operation &&
      operation.outcome === 'ok' &&
      operation.startedAtMs >= doneMs &&
      operation.endedAtMs <= mendingMs,
  );
  return finding('bounded reads that were judged', bounded.length, '', { atLeast: 10 });
};

/** From the moment that the fault was there to the last of the two API processes that told it. */
export const told =
  (event: string, node: string | null, since: 'beganMs' | 'doneMs' | 'mendingMs', atMost: number): Check =>
  ({ events, moments }) => {
    const heard = events.filter(
      ({ name, node: about, atMs }) => name === event && (node === null || about === node) && atMs >= moments[since],
    );
    const firstOfPlace = (place: number) => heard.find((one) => one.place === place)?.atMs ?? Number.MAX_SAFE_INTEGER;
    const lastMs = Math.max(firstOfPlace(0), firstOfPlace(1));
    const took = lastMs === Number.MAX_SAFE_INTEGER ? lastMs : lastMs - moments[since];
    return finding(`${event}${node === null ? '' : ` ${node}`} told by both processes after`, took, 'ms', { atMost });
  };

const isRead = ({ kind }: Sample) => kind === 'read';
const isWrite = ({ kind }: Sample) => kind === 'write';

function failed(samples: readonly Sample[], kind: Sample['kind'], fromMs: number): readonly Sample[] {
  return samples.filter((sample) => sample.kind === kind && sample.error !== null && sample.endedMs >= fromMs);
}

function firstOf(
  what: string,
  { samples, moments }: Seen,
  since: keyof Seen['moments'],
  atMost: number,
  counts: (sample: Sample) => boolean,
): Finding {
  return finding(what, firstAfter(samples, moments[since], counts) ?? Number.MAX_SAFE_INTEGER, 'ms', { atMost });
}
