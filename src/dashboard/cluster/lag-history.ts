import type { NodeDetails } from './cluster-documents.ts';

/** The lag of each replica over time, as immutable values. */
export type LagHistory = {
  /** Seconds since the Unix epoch. */
  readonly timesS: readonly number[];
  readonly lines: readonly LagLine[];
};

export type LagUnit = 'seconds' | 'transactions';

export type LagLine = {
  readonly node: string;
  /** One value for each time; `null` if unknown. */
  readonly seconds: readonly (number | null)[];
  readonly transactions: readonly (number | null)[];
};

/** Five minutes at up to one sample a second. */
export const keptSeconds = 300;

export const noHistory: LagHistory = { timesS: [], lines: [] };

/** A server that was once a replica keeps its line: a gap means that it was not a replica or did not answer. */
export function withProbe(history: LagHistory, timeS: number, nodes: readonly NodeDetails[]): LagHistory {
  const before = history.timesS.length;
  const tooOld = history.timesS.filter((seenS) => seenS < timeS - keptSeconds).length;
  const kept = <T>(values: readonly T[], next: T): readonly T[] => [...values.slice(tooOld), next];
  const known = new Map(history.lines.map((line) => [line.node, line]));
  for (const { name, role } of nodes) {
    if (role !== 'REPLICA' || known.has(name)) continue;
    const unknown = history.timesS.map(() => null);
    known.set(name, { node: name, seconds: unknown, transactions: unknown });
  }
  const lines = [...known.values()].map(({ node, seconds, transactions }) => {
    const seen = nodes.find(({ name }) => name === node);
    return {
      node,
      seconds: kept(seconds, secondsOf(seen?.lagMs ?? null)),
      transactions: kept(transactions, seen?.lagTransactions ?? null),
    };
  });
  return before === 0 && lines.length === 0 ? history : { timesS: kept(history.timesS, timeS), lines };
}

function secondsOf(lagMs: number | null): number | null {
  return lagMs === null ? null : lagMs / 1000;
}
