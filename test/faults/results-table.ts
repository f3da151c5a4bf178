// Outages and losses of clients, on one flavour or on both side by side, as Markdown.
import { isMet } from '../bench/finding.ts';
import { line } from '../bench/report.ts';
import type { Outcome } from './play.ts';
import { added, type Results } from './report.ts';
import { scenarios as current } from './scenarios.ts';

const heads = [
  'scenario',
  'longest read outage',
  'longest write outage',
  'errors seen',
  'orders lost',
  'written twice',
  'anomalies',
  'backup differs',
  'targets',
  'why',
] as const;
const numeric: ReadonlySet<string> = new Set([
  'longest read outage',
  'longest write outage',
  'orders lost',
  'written twice',
  'anomalies',
  'backup differs',
]);
const names: Readonly<Record<string, string>> = { mariadb: 'MariaDB', mysql: 'MySQL' };

/**
 * A row per scenario, in its present wording. If the flavours differ, a cell has one value for each, in the order of `all`; a
 * scenario that was not played on all of them has the values of those on which it was.
 */
export function table(all: readonly Results[]): string {
  const scenarios = new Map(
    all.flatMap(({ outcomes }) => outcomes.map(({ scenario }) => [scenario.name, scenario] as const)),
  );
  const rows = [...scenarios.values()].map((recorded) => {
    const { name } = recorded;
    const { title, why } = current.find((scenario) => scenario.name === name) ?? recorded;
    const played = all.flatMap(({ flavour, outcomes }) => {
      const outcome = outcomes.find(({ scenario }) => scenario.name === name);
      return outcome === undefined ? [] : [{ flavour: names[flavour] ?? flavour, outcome }];
    });
    const outcomes = played.map(({ outcome }) => outcome);
    const where = played.length < all.length ? ` (${played.map(({ flavour }) => flavour).join(', ')})` : '';
    const each = (cell: (outcome: Outcome) => string | number) => sideBySide(outcomes, cell);
    return [
      `${title}${where}`,
      each(({ measures }) => `${measures.readOutageMs.toFixed(0)} ms`),
      each(({ measures }) => `${measures.writeOutageMs.toFixed(0)} ms`),
      errorsCell(outcomes),
      each(({ lost }) => lost),
      each(({ duplicated }) => duplicated),
      each(({ anomalies }) => anomalies),
      each(({ differences }) => differences),
      each(({ findings }) => barsText(findings)),
      why,
    ];
  });
  return [heads, heads.map((head) => (numeric.has(head) ? '--:' : '---')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** Of what, on what, and what the table's cells mean. */
export function caption(all: readonly Results[]): string {
  const { machine } = all[0] ?? {};
  const servers = all.map(({ flavour, serverVersion, measuredAt }) => {
    const [version] = serverVersion.split('-');
    return `${names[flavour] ?? flavour} ${version}, ${measuredAt.slice(0, 10)}`;
  });
  return (
    `${servers.join('; ')}; ${machine?.cores} cores of ${machine?.cpu}: ` +
    'clients, two API processes and all servers share the machine. An outage is the longest time without a successful answer.'
  );
}

function sideBySide(outcomes: readonly Outcome[], cell: (outcome: Outcome) => string | number): string {
  const texts = outcomes.map((outcome) => String(cell(outcome)));
  const [first = ''] = texts;
  return texts.every((text) => text === first) ? first : texts.join(' / ');
}

function errorsCell(outcomes: readonly Outcome[]): string {
  const counted = outcomes.map(({ measures, errors }) => added(measures.errors, errors));
  const sum = (code: string) => counted.reduce((all, errors) => all + (errors[code] ?? 0), 0);
  const codes = [...new Set(counted.flatMap((errors) => Object.keys(errors)))];
  const cells = codes
    .sort((a, b) => sum(b) - sum(a) || a.localeCompare(b))
    .map((code) => `${counted.map((errors) => errors[code] ?? 0).join(' / ')} \`${code}\``);
  return cells.length === 0 ? 'none' : cells.join(', ');
}

function barsText(findings: Outcome['findings']): string {
  const missed = findings.filter((found) => !isMet(found));
  return missed.length === 0 ? 'met' : `**missed**: ${missed.map((found) => line(found).trim()).join('; ')}`;
}
