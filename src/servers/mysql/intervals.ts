/**
 * Sets of transaction numbers as a flat list `[first, last, first, last, …]`: both ends belong to it, sorted, with a gap
 * of at least one number between two intervals. Every function keeps that form. Numbers are bigint, because servers count
 * to 2^63 and a double is exact only to 2^53.
 */
export type Intervals = readonly bigint[];

const at = (intervals: Intervals, index: number): bigint => intervals[index] as bigint;

/** Brings intervals of any order and overlap into form. Those that end before they begin are empty and vanish. */
export function normaliseIntervals(loose: readonly (readonly [first: bigint, last: bigint])[]): Intervals {
  const sorted = loose
    .filter(([first, last]) => first <= last)
    .sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const result: bigint[] = [];
  for (const [first, last] of sorted) {
    const end = result.length - 1;
    if (end > 0 && first <= at(result, end) + 1n) {
      if (last > at(result, end)) result[end] = last;
    } else {
      result.push(first, last);
    }
  }
  return result;
}

export function includesIntervals(outer: Intervals, inner: Intervals): boolean {
  let o = 0;
  for (let i = 0; i < inner.length; i += 2) {
    while (o < outer.length && at(outer, o + 1) < at(inner, i)) o += 2;
    if (o >= outer.length || at(outer, o) > at(inner, i) || at(outer, o + 1) < at(inner, i + 1)) return false;
  }
  return true;
}

export function mergeIntervals(a: Intervals, b: Intervals): Intervals {
  const all: [bigint, bigint][] = [];
  for (const intervals of [a, b]) {
    for (let i = 0; i < intervals.length; i += 2) all.push([at(intervals, i), at(intervals, i + 1)]);
  }
  return normaliseIntervals(all);
}

export function intersectIntervals(a: Intervals, b: Intervals): Intervals {
  return subtractIntervals(a, subtractIntervals(a, b));
}

export function subtractIntervals(from: Intervals, taken: Intervals): Intervals {
  const result: bigint[] = [];
  let t = 0;
  for (let i = 0; i < from.length; i += 2) {
    let first = at(from, i);
    const last = at(from, i + 1);
    while (t < taken.length && at(taken, t + 1) < first) t += 2;
    for (let k = t; k < taken.length && at(taken, k) <= last; k += 2) {
      if (at(taken, k) > first) result.push(first, at(taken, k) - 1n);
      first = at(taken, k + 1) + 1n;
    }
    if (first <= last) result.push(first, last);
  }
  return result;
}

export function countIntervals(intervals: Intervals): bigint {
  let count = 0n;
  for (let i = 0; i < intervals.length; i += 2) count += at(intervals, i + 1) - at(intervals, i) + 1n;
  return count;
}

export function formatIntervals(intervals: Intervals): string {
  const texts: string[] = [];
  for (let i = 0; i < intervals.length; i += 2) {
    const first = at(intervals, i);
    const last = at(intervals, i + 1);
    texts.push(first === last ? `${first}` : `${first}-${last}`);
  }
  return texts.join(':');
}
