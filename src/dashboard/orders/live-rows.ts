/**
 * Rows of a list, and changes announced since the list was read. A change is shown in its row at once; the list is read
 * again soon after, and the answer then replaces the change.
 *
 *   a change not newer than the row        is ignored: changes of one order may arrive out of sequence
 *   an answer requested before the change  keeps the change
 *   an answer requested after the change   drops it: it includes the change, or the change was lost in a failover
 */
import type { OrderRow } from './order-documents.ts';

export type LiveChange = {
  readonly row: OrderRow;
  /** When it was committed, as the API says it. */
  readonly at: string;
  /** When the page received it, by `Date.now()`. */
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

/** The change that a row shows; `undefined` if the row is as it was read. */
export function liveChangeOf(row: OrderRow, changes: LiveChanges): LiveChange | undefined {
  const change = changes.get(row.id);
  return change !== undefined && change.row.version >= row.version ? change : undefined;
}

/** The changes still newer than an answer requested at `askedAtMs`. Changes of orders that it does not show are dropped. */
export function outlasting(changes: LiveChanges, rows: readonly OrderRow[], askedAtMs: number): LiveChanges {
  const kept = rows.flatMap(({ id, version }) => {
    const change = changes.get(id);
    const isNewer = change !== undefined && change.row.version > version && change.receivedAtMs >= askedAtMs;
    return isNewer ? [[id, change] as const] : [];
  });
  return kept.length === 0 ? noChanges : new Map(kept);
}
