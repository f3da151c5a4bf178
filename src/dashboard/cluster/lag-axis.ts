import { clockInWords } from '../shell/zoned-time.ts';

/** The plot shows at least this much time, so that the first lines start at its right edge. */
const minSeconds = 60;

/**
 * The time axis: it ends at the newest sample. Taken from the samples, because for a single one uPlot proposes the whole day
 * that follows it.
 */
export function timeRange(timesS: ArrayLike<number>): [number, number] {
  const newestS = timesS[timesS.length - 1] ?? 0;
  const oldestS = timesS[0] ?? newestS;
  return [Math.min(oldestS, newestS - minSeconds), newestS];
}

/** Labels of the time axis. Without a sample there is no time to show. */
export const timeLabels = (timesS: readonly number[], zone: string): string[] =>
  timesS.map((timeS) => (timeS <= 0 ? '' : clockInWords(timeS * 1000, zone)));
