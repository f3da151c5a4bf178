/** What operators ask about a mirror, on either side of it. */
import { type Connection, exactly } from '../../servers/connection.ts';
import { flavourOf } from '../../servers/known-flavours.ts';

export type ParkedRecord = { readonly model: string; readonly recordKey: string; readonly reason: string | null };

/** Records that were given up, the longest parked first. */
export async function parkedRecords(connection: Connection, limit: number): Promise<ParkedRecord[]> {
  return connection.query(
    `SELECT model, record_key AS recordKey, MAX(reason) AS reason FROM outbox WHERE parked_at IS NOT NULL
      GROUP BY model, record_key ORDER BY MIN(parked_at) LIMIT ?`,
    [limit],
  );
}

/** ISO 8601, `null` when nothing was applied since checkpoints are kept. */
export async function lastAppliedAt(connection: Connection): Promise<string | null> {
  const sql = "SELECT DATE_FORMAT(MAX(applied_at), '%Y-%m-%dT%H:%i:%s.%fZ') FROM mirror_checkpoints";
  const rows: unknown[][] = await connection.query({ sql, ...exactly });
  const at = rows[0]?.[0];
  return typeof at === 'string' ? at.replace(/000Z$/, 'Z') : null;
}

export async function isWritable(connection: Connection): Promise<boolean> {
  return (await flavourOf(connection).refusedBy(connection)).length === 0;
}

/** A history begins that no position of an older one can be compared with. Without a record of promotions nothing happens. */
export async function beginRestoredEpoch(connection: Connection, after: number): Promise<number | null> {
  const tables: unknown[] = await connection.query("SHOW TABLES LIKE 'cluster_epochs'");
  if (tables.length === 0) return null;
  const rows: { epoch: unknown }[] = await connection.query('SELECT MAX(epoch) AS epoch FROM cluster_epochs');
  const epoch = Math.max(after, Number(rows[0]?.epoch ?? 0)) + 1;
  await connection.query('INSERT INTO cluster_epochs (epoch) VALUES (?)', [epoch]);
  return epoch;
}
