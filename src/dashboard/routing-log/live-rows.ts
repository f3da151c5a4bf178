/**
 * The rows of the log, newest first, as values that each change replaces. While it is held still, what comes is kept aside,
 * and shown when it goes on.
 */
import type { RoutedOperation } from './routing-documents.ts';

export type LiveRows = {
  /** `null` until the first answer. */
  readonly shown: readonly RoutedOperation[] | null;
  readonly aside: readonly RoutedOperation[];
  /** How many came while it was held still, also those that there was no room for. */
  readonly held: number;
  readonly paused: boolean;
  /** How many the API left out because this page read too slowly. */
  readonly missed: number;
};

export const keptRows = 300;

export const noRows: LiveRows = { shown: null, aside: [], held: 0, paused: false, missed: 0 };

/** An answer of the API to the question what was last: nothing of what was before is needed any more. */
export function withAnswer(rows: LiveRows, last: readonly RoutedOperation[]): LiveRows {
  if (rows.paused && rows.shown !== null) return rows;
  return { ...rows, shown: merged(last, rows.shown ?? []) };
}

export function withOperations(rows: LiveRows, more: readonly RoutedOperation[]): LiveRows {
  if (more.length === 0) return rows;
  const missed = rows.missed + more.reduce((sum, operation) => sum + operation.missed, 0);
  if (!rows.paused) return { ...rows, missed, shown: merged(more, rows.shown ?? []) };
  return { ...rows, missed, aside: merged(more, rows.aside), held: rows.held + more.length };
}

export function withPause(rows: LiveRows, paused: boolean): LiveRows {
  if (paused) return { ...rows, paused };
  return { ...rows, paused, shown: merged(rows.aside, rows.shown ?? []), aside: [], held: 0 };
}

/** Of one process only: the numbers of another one begin anew. */
function merged(more: readonly RoutedOperation[], known: readonly RoutedOperation[]): readonly RoutedOperation[] {
  const all = new Map([...known, ...more].map((operation) => [`${operation.sequence} ${operation.at}`, operation]));
  return [...all.values()].sort((a, b) => b.at.localeCompare(a.at) || b.sequence - a.sequence).slice(0, keptRows);
}
