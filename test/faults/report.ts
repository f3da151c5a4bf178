import type { Machine } from '../bench/machine.ts';
import { line } from '../bench/report.ts';
import type { Outcome } from './play.ts';

export type Results = {
  readonly measuredAt: string;
  readonly machine: Machine;
  readonly flavour: string;
  readonly serverVersion: string;
  readonly seed: number;
  readonly met: boolean;
  readonly outcomes: readonly Outcome[];
};

/** For while it runs. */
export function lines({ measures, errors, operations, findings }: Outcome): string {
  const { reads, failedReads, lateReads, longestReadMs, readOutageMs, writeOutageMs } = measures;
  return [
    `  ${operations} operations, ${reads} steady reads (${failedReads} failed, ${lateReads} late, longest ${ms(longestReadMs)})`,
    `  longest outage: reads ${ms(readOutageMs)}, writes ${ms(writeOutageMs)}; errors: ${errorsText(added(measures.errors, errors))}`,
    ...findings.map((found) => line(found)),
  ].join('\n');
}

export type Counts = Readonly<Record<string, number>>;

export function added(a: Counts, b: Counts): Counts {
  const sum: Record<string, number> = { ...a };
  for (const [code, count] of Object.entries(b)) sum[code] = (sum[code] ?? 0) + count;
  return sum;
}

function errorsText(errors: Counts): string {
  const counted = Object.entries(errors).sort(([, left], [, right]) => right - left);
  return counted.length === 0 ? 'none' : counted.map(([code, count]) => `${count} ${code}`).join(', ');
}

export function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}
