/**
 * Rows that stand still while somebody points at them: each keeps its place and shows what is known of its order, and
 * what has come or gone meanwhile is counted, not moved.
 */
import type { OrderRow } from './order-documents.ts';

export type StandingRows = {
  readonly rows: readonly OrderRow[];
  /** Orders that would be among the rows if those moved. */
  readonly come: number;
  /** Orders that are among the rows and no longer of the list: deleted, or changed so that they do not fit any more. */
  readonly gone: ReadonlySet<string>;
  /** Whether the rows would be others, or in another sequence, if they moved. */
  readonly differ: boolean;
};

const nobody: ReadonlySet<string> = new Set();

/** `held` are the rows as they stood when somebody came; `null` while nobody points at them. */
export function standing(latest: readonly OrderRow[], held: readonly OrderRow[] | null): StandingRows {
  if (held === null) return { rows: latest, come: 0, gone: nobody, differ: false };
  const now = new Map(latest.map((row) => [row.id, row]));
  const stood = new Set(held.map(({ id }) => id));
  return {
    rows: held.map((row) => now.get(row.id) ?? row),
    come: latest.filter(({ id }) => !stood.has(id)).length,
    gone: new Set(held.filter(({ id }) => !now.has(id)).map(({ id }) => id)),
    differ: latest.length !== held.length || latest.some(({ id }, place) => held[place]?.id !== id),
  };
}

/** The new rows, with those that are as before being the very same: what is the same need not be drawn again. */
export function sharedRows(before: readonly OrderRow[], next: readonly OrderRow[]): readonly OrderRow[] {
  const known = new Map(before.map((row) => [row.id, row]));
  const rows = next.map((row) => {
    const old = known.get(row.id);
    return old !== undefined && isSame(old, row) ? old : row;
  });
  return rows.length === before.length && rows.every((row, place) => row === before[place]) ? before : rows;
}

function isSame(a: OrderRow, b: OrderRow): boolean {
  return (
    a.version === b.version &&
    a.updatedAt === b.updatedAt &&
    a.status === b.status &&
    a.charge?.amount === b.charge?.amount &&
    a.processedAt === b.processedAt &&
    a.total.amount === b.total.amount &&
    a.number === b.number
  );
}
