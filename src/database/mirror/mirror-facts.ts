/** What operators ask about a mirror, on either side of it. */
import { type Connection, exactly } from '../../servers/connection.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import { rowsOf, textOf } from '../../servers/rows.ts';

export type ParkedRecord = { readonly model: string; readonly recordKey: string; readonly reason: string | null };

/** Records that were given up, the longest parked first. */
export async function parkedRecords(connection: Connection, limit: number): Promise<ParkedRecord[]> {
  const rows = await connection.query(
    `SELECT model, record_key, MAX(reason) AS reason FROM outbox WHERE parked_at IS NOT NULL
      GROUP BY model, record_key ORDER BY MIN(parked_at) LIMIT ?`,
    [limit],
  );
  return rowsOf(rows).map((row) => ({
    model: textOf(row, 'model'),
    recordKey: textOf(row, 'record_key'),
    reason: row.reason === null ? null : textOf(row, 'reason'),
  }));
}

/** ISO 8601, `null` when nothing was applied since checkpoints are kept. */
export async function lastAppliedAt(connection: Connection): Promise<string | null> {
  const rows: unknown[][] = await connection.query({
    sql: 'SELECT MAX(applied_at) FROM mirror_checkpoints',
    ...exactly,
  });
  const at = rows[0]?.[0];
  return typeof at === 'string' ? `${at.replace(' ', 'T')}Z` : null;
}

export async function isWritable(connection: Connection): Promise<boolean> {
  return (await flavourOf(connection).refusedBy(connection)).length === 0;
}

/** A history begins that no position of an older one can be compared with. Without a record of promotions nothing happens. */
export async function beginRestoredEpoch(connection: Connection, after: number): Promise<number | null> {
  const newest = await flavourOf(connection).epochs.newest(connection);
  if (newest === null) return null;
  const epoch = Math.max(after, newest) + 1;
  await connection.query('INSERT INTO cluster_epochs (epoch) VALUES (?)', [epoch]);
  return epoch;
}
