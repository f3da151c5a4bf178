import type { ServerFlavour } from '../../src/local/server-flavour.ts';
import type { Measured } from './bench.ts';
import { type Bar, type Finding, isMet } from './finding.ts';
import type { Machine } from './machine.ts';
import type { Spread } from './statistics.ts';

/** Where and how one bench was measured: in a file of results each has its own. */
export type Circumstances = {
  readonly measuredAt: string;
  readonly machine: Machine;
  readonly serverVersion: string;
  readonly settings: {
    readonly seconds: number;
    readonly concurrency: number;
    readonly seed: number;
    readonly orders: number;
  };
};

export type BenchResult = Measured & Circumstances & { readonly name: string; readonly title: string };

export type Results = {
  readonly flavour: ServerFlavour;
  readonly met: boolean;
  readonly benches: readonly BenchResult[];
};

export function allMet(benches: readonly BenchResult[]): boolean {
  return benches.every(({ findings }) => findings.every(isMet));
}

/** The results as Markdown. Spread is that of the pairs of rounds or samples: middle half, then all of them. */
export function markdown({ flavour, benches }: Results): string {
  const rows = benches.flatMap(({ name, title, findings }) =>
    findings.map((found, index) => [
      index === 0 ? `\`${name}\`: ${title}` : '',
      found.what,
      withUnit(found.value, found.unit),
      found.spread === null ? '' : spreadText(found.spread),
      barText(found.bar, found.unit),
      isMet(found) ? 'met' : '**missed**',
    ]),
  );
  return [
    '| bench | measured | result | spread: middle half (all) | bar | |',
    '|---|---|--:|--:|--:|---|',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...new Set(benches.map((bench) => circumstancesText(flavour, bench))),
  ].join('\n');
}

function circumstancesText(flavour: ServerFlavour, { measuredAt, machine, serverVersion, settings }: Circumstances) {
  const { cpu, cores, memoryGb, system, node } = machine;
  const server = `${flavour === 'mysql' ? 'MySQL' : 'MariaDB'} ${serverVersion}`;
  return (
    `${measuredAt.slice(0, 10)}, ${cores} cores of ${cpu}, ${memoryGb} GB, ${system}, Node ${node}, ${server}; load, API and ` +
    `servers share the machine; ${settings.orders} orders, seed ${settings.seed}, ${settings.concurrency} clients, ` +
    `${settings.seconds} s a comparison.`
  );
}

/** One line, for while it runs. */
export function line({ what, value, unit, spread, bar, ...rest }: Finding): string {
  const verdict = isMet({ what, value, unit, spread, bar, ...rest }) ? 'met' : 'MISSED';
  const around = spread === null ? '' : ` [${spreadText(spread)}]`;
  return `  ${what}: ${withUnit(value, unit)}${around}, bar ${barText(bar, unit)}: ${verdict}`;
}

function barText(bar: Bar, unit: string): string {
  return 'atLeast' in bar ? `≥ ${withUnit(bar.atLeast, unit)}` : `≤ ${withUnit(bar.atMost, unit)}`;
}

function spreadText({ lowerQuartile, upperQuartile, least, most }: Spread): string {
  return `${short(lowerQuartile)} – ${short(upperQuartile)} (${short(least)} – ${short(most)})`;
}

function withUnit(value: number, unit: string): string {
  if (unit === '') return short(value);
  return unit === 'x' || unit === '%' ? `${short(value)}${unit === '%' ? ' %' : '×'}` : `${short(value)} ${unit}`;
}

function short(value: number): string {
  return String(Number(Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2)));
}
