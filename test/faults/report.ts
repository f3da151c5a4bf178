import { isMet } from '../bench/finding.ts';
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

/** The results as Markdown: what clients felt, and what they lost. */
export function markdown({ outcomes, flavour, serverVersion, machine, measuredAt }: Results): string {
  const rows = outcomes.map(({ scenario, measures, errors, lost, duplicated, anomalies, differences, findings }) => [
    scenario.title,
    ms(measures.readOutageMs),
    ms(measures.writeOutageMs),
    errorsText(added(measures.errors, errors)),
    lost,
    duplicated,
    anomalies,
    differences,
    findings.every(isMet) ? 'met' : '**missed**',
    scenario.why,
  ]);
  return [
    '| scenario | longest read outage | longest write outage | errors seen | orders lost | duplicated | anomalies | backup differs | bars | why |',
    '|---|--:|--:|---|--:|--:|--:|--:|---|---|',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    `${measuredAt.slice(0, 10)}, ${machine.cores} cores of ${machine.cpu}, ${flavour} ${serverVersion}; ` +
      'clients, two API processes and all servers share the machine. An outage is the longest time in which nobody was answered.',
  ].join('\n');
}

/** For while it runs. */
export function lines({ measures, errors, operations, findings }: Outcome): string {
  const { reads, failedReads, lateReads, longestReadMs, readOutageMs, writeOutageMs } = measures;
  return [
    `  ${operations} operations, ${reads} steady reads (${failedReads} failed, ${lateReads} late, longest ${ms(longestReadMs)})`,
    `  longest outage: reads ${ms(readOutageMs)}, writes ${ms(writeOutageMs)}; errors: ${errorsText(added(measures.errors, errors))}`,
    ...findings.map((found) => line(found)),
  ].join('\n');
}

type Counts = Readonly<Record<string, number>>;

function added(a: Counts, b: Counts): Counts {
  const sum: Record<string, number> = { ...a };
  for (const [code, count] of Object.entries(b)) sum[code] = (sum[code] ?? 0) + count;
  return sum;
}

function errorsText(errors: Counts): string {
  const counted = Object.entries(errors).sort(([, left], [, right]) => right - left);
  return counted.length === 0 ? 'none' : counted.map(([code, count]) => `${count} ${code}`).join(', ');
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}
