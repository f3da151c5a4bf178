import type { Pair } from './interleave.ts';
import { rounded, type Spread, spreadOf } from './statistics.ts';

export type Bar = { readonly atLeast: number } | { readonly atMost: number };

/** One measured value, with the bar that it is held against. */
export type Finding = {
  readonly what: string;
  readonly value: number;
  /** `x`, `%`, `ms`, `MB`, `s`, or empty for a count. */
  readonly unit: string;
  /** How the pairs of rounds, or the samples, lie around the value. */
  readonly spread: Spread | null;
  readonly bar: Bar;
};

export function isMet({ value, bar }: Finding): boolean {
  return 'atLeast' in bar ? value >= bar.atLeast : value <= bar.atMost;
}

export function finding(what: string, value: number, unit: string, bar: Bar, spread: Spread | null = null): Finding {
  return { what, value: rounded(value), unit, bar, spread: spread && roundedSpread(spread) };
}

/** The median over all pairs of `compare`, with the spread of the pairs. */
export function findingOfPairs<Round>(
  what: string,
  unit: string,
  bar: Bar,
  pairs: readonly Pair<Round>[],
  compare: (a: Round, b: Round) => number,
): Finding {
  const spread = spreadOf(pairs.map(({ a, b }) => compare(a, b)));
  return finding(what, spread.median, unit, bar, spread);
}

function roundedSpread({ least, lowerQuartile, median, upperQuartile, most }: Spread): Spread {
  return {
    least: rounded(least),
    lowerQuartile: rounded(lowerQuartile),
    median: rounded(median),
    upperQuartile: rounded(upperQuartile),
    most: rounded(most),
  };
}
