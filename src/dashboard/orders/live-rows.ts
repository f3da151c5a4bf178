/**
 * Rows of a list, and changes that were told of since the list was read. A change is laid over its row at once; the list
 * is read again soon after, and what it says then takes the change's place.
 *
 *   a change that is not newer than the row   leaves it as it is: changes of one order may come out of sequence
 *   an answer that was asked for before it     leaves it where it is
 *   an answer that was asked for after it      drops it: it includes the change, or the change was lost in a failover
 */
import type { OrderRow } from './order-documents.ts';

export type LiveChange = {
  readonly row: OrderRow;
  /** When it was committed, in the words of the API. */
  readonly at: string;
  /** When the page was told, as `Date.now()` says. */
  readonly receivedAtMs: number;
};
export type LiveChanges = ReadonlyMap<string, LiveChange>;

export const noChanges: LiveChanges = new Map();

/** Only the newest change of an order counts. */
export function withChange(changes: LiveChanges, change: LiveChange): LiveChanges {
  const known = changes.get(change.row.id);
  if (known !== undefined && known.row.version >= change.row.version) return changes;
  return new Map(changes).set(change.row.id, change);
}

export function overlaid(rows: readonly OrderRow[], changes: LiveChanges): readonly OrderRow[] {
  return rows.map((row) => liveChangeOf(row, changes)?.row ?? row);
}

/** The change that a row shows; `undefined` for a row that is as it was read. */
export function liveChangeOf(row: OrderRow, changes: LiveChanges): LiveChange | undefined {
  const change = changes.get(row.id);
  return change !== undefined && change.row.version >= row.version ? change : undefined;
}

/** What is still newer than an answer that was asked for at `askedAtMs`. Changes of orders that it does not show are over. */
export function outlasting(changes: LiveChanges, rows: readonly OrderRow[], askedAtMs: number): LiveChanges {
  const kept = rows.flatMap(({ id, version }) => {
    const change = changes.get(id);
    const isNewer = change !== undefined && change.row.version > version && change.receivedAtMs >= askedAtMs;
    return isNewer ? [[id, change] as const] : [];
  });
  return kept.length === 0 ? noChanges : new Map(kept);
}
