/**
 * Rows stand still while the pointer is on them: each keeps its place and shows the newest known state of its order. Orders that
 * have come or gone meanwhile are counted, not moved.
 */
import type { OrderRow } from './order-documents.ts';

export type StandingRows = {
  readonly rows: readonly OrderRow[];
  /** Orders that are held back from the list. */
  readonly come: number;
  /** Held rows whose orders have left the list: deleted, or no longer matching. */
  readonly gone: ReadonlySet<string>;
  /** Whether releasing the rows would change them or their order. */
  readonly differ: boolean;
};

const noRows: ReadonlySet<string> = new Set();

/** `held` are the rows at the moment the pointer came; `null` without a pointer. */
export function standing(latest: readonly OrderRow[], held: readonly OrderRow[] | null): StandingRows {
  if (held === null) return { rows: latest, come: 0, gone: noRows, differ: false };
  const now = new Map(latest.map((row) => [row.id, row]));
  const stood = new Set(held.map(({ id }) => id));
  return {
    rows: held.map((row) => now.get(row.id) ?? row),
    come: latest.filter(({ id }) => !stood.has(id)).length,
    gone: new Set(held.filter(({ id }) => !now.has(id)).map(({ id }) => id)),
    differ: latest.length !== held.length || latest.some(({ id }, place) => held[place]?.id !== id),
  };
}

/** The new rows, reusing unchanged row objects, which are then not rendered again. */
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
