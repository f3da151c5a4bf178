// What a fault did to those who were reading and writing. Pure.
import type { Sample } from './steady-load.ts';

export type Span = { readonly fromMs: number; readonly untilMs: number };

export type Measures = {
  readonly reads: number;
  readonly failedReads: number;
  readonly lateReads: number;
  readonly longestReadMs: number;
  /** The longest time without a successful answer. */
  readonly readOutageMs: number;
  readonly writeOutageMs: number;
  /** The longest that a write took to fail. */
  readonly longestRefusalMs: number;
  readonly errors: Readonly<Record<string, number>>;
};

/** How long a read waits for a silent replica before another one is asked. */
const patienceMs = 150;

/**
 * A read is late after 250 ms. On a machine where reads take longer than 100 ms with nothing wrong it is late when it took
 * longer than the longest of those and the patience with a silent replica together: the rest is the machine's, not the fault's.
 */
export function lateAfterMs(usual: Measures): number {
  return Math.max(250, usual.longestReadMs + patienceMs);
}

export function measure(samples: readonly Sample[], span: Span, lateMs = 250): Measures {
  const within = samples.filter(({ endedMs, startedMs }) => endedMs >= span.fromMs && startedMs <= span.untilMs);
  const reads = within.filter(({ kind }) => kind === 'read');
  const writes = within.filter(({ kind }) => kind === 'write');
  const errors: Record<string, number> = {};
  for (const { error } of within) if (error !== null) errors[error] = (errors[error] ?? 0) + 1;
  return {
    reads: reads.length,
    failedReads: reads.filter(({ error }) => error !== null).length,
    lateReads: reads.filter((sample) => tookMs(sample) > lateMs).length,
    longestReadMs: longest(reads),
    readOutageMs: outageMs(reads, span),
    writeOutageMs: outageMs(writes, span),
    longestRefusalMs: longest(writes.filter(({ error }) => error !== null)),
    errors,
  };
}

/** From `atMs` to the first answer of a request that was begun after it; `null` when there was none. */
export function firstAfter(samples: readonly Sample[], atMs: number, what: (sample: Sample) => boolean): number | null {
  const found = samples.filter((sample) => sample.error === null && sample.startedMs >= atMs && what(sample));
  return found.length === 0 ? null : Math.min(...found.map(({ endedMs }) => endedMs)) - atMs;
}

export function tookMs({ startedMs, endedMs }: Sample): number {
  return endedMs - startedMs;
}

function longest(samples: readonly Sample[]): number {
  return samples.reduce((most, sample) => Math.max(most, tookMs(sample)), 0);
}

/** Between two answers that follow each other, whoever got them. */
function outageMs(samples: readonly Sample[], { fromMs, untilMs }: Span): number {
  const answered = samples.filter(({ error }) => error === null).map(({ endedMs }) => endedMs);
  const moments = [fromMs, ...answered.sort((a, b) => a - b), untilMs];
  return moments.reduce((most, moment, index) => Math.max(most, moment - (moments[index - 1] ?? moment)), 0);
}
