/**
 * The rows of the log, newest first, as immutable values. While paused, new rows are buffered, and shown on resume.
 */
import type { RoutedOperation } from './routing-documents.ts';

export type LiveRows = {
  /** `null` until the first answer. */
  readonly shown: readonly RoutedOperation[] | null;
  readonly aside: readonly RoutedOperation[];
  /** Number of rows that arrived while paused, including those that did not fit the buffer. */
  readonly held: number;
  readonly paused: boolean;
  /** Number of rows that the API dropped because this page read too slowly. */
  readonly missed: number;
};

export const keptRows = 300;

export const noRows: LiveRows = { shown: null, aside: [], held: 0, paused: false, missed: 0 };

/** A complete answer of the API replaces all previous rows. */
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

/** Rows of one process only: another process numbers from the start. */
function merged(more: readonly RoutedOperation[], known: readonly RoutedOperation[]): readonly RoutedOperation[] {
  const all = new Map([...known, ...more].map((operation) => [`${operation.sequence} ${operation.at}`, operation]));
  return [...all.values()].sort((a, b) => b.at.localeCompare(a.at) || b.sequence - a.sequence).slice(0, keptRows);
}
