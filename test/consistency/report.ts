import { type Anomaly, guarantees } from './checkers/anomaly.ts';
import type { Finding } from './experiment.ts';
import { isRead, isWrite } from './history.ts';

const shownAnomalies = 12;

/** A table for people: what was done, who served it, what was broken. */
export function report({ history, anomalies, misfortunes }: Finding): string {
  const { header, operations } = history;
  const writes = operations.filter(isWrite);
  const reads = operations.filter(isRead);
  const answered = reads.filter((read) => read.outcome === 'ok');
  const longestMs = Math.max(0, ...answered.map((read) => read.endedAtMs - read.startedAtMs));
  const sessions = new Set(operations.map((operation) => operation.session)).size;
  const rows: [string, string | number][] = [
    ['flavour, tokens, seed', `${header.flavour}, ${header.tokens ? 'carried' : 'dropped'}, ${header.seed}`],
    ['sessions, misfortunes', `${sessions}, ${misfortunes}`],
    ['operations', operations.length],
    ['writes committed', writes.filter((write) => write.outcome === 'committed').length],
    ['writes rejected', withReasons(writes.filter((write) => write.outcome === 'rejected'))],
    ['writes indeterminate', withReasons(writes.filter((write) => write.outcome === 'indeterminate'))],
    ['reads answered', answered.length],
    ['reads failed', withReasons(reads.filter((read) => read.outcome === 'failed'))],
    ['longest read', `${longestMs.toFixed(0)} ms`],
    ...tally(answered.map((read) => `  ${read.served?.role ?? 'unknown'}, ${read.served?.reason ?? 'unknown'}`)),
    ['anomalies', anomalies.length],
    ...guarantees.map((guarantee): [string, number] => [
      `  ${guarantee}`,
      anomalies.filter((anomaly) => anomaly.guarantee === guarantee).length,
    ]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

/** The first of each kind. */
export function explain(anomalies: readonly Anomaly[]): string {
  const shown = guarantees.flatMap((guarantee) =>
    anomalies.filter((anomaly) => anomaly.guarantee === guarantee).slice(0, shownAnomalies),
  );
  return shown.map(({ guarantee, explanation }) => `${guarantee}: ${explanation}`).join('\n');
}

function withReasons(operations: readonly { readonly error: string | null }[]): string {
  const reasons = tally(operations.map(({ error }) => error ?? 'unknown')).map(
    ([reason, count]) => `${count} ${reason}`,
  );
  return reasons.length === 0 ? '0' : `${operations.length} (${reasons.join(', ')})`;
}

function tally(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, left], [, right]) => right - left);
}
