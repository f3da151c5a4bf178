import type { Connection } from '../../servers/connection.ts';
import type { RecordToApply } from '../../servers/mirror-side.ts';
import { rowsOf, textOf } from '../../servers/rows.ts';
import { sideOf } from './mirror-connection.ts';
import { MirrorFaultError } from './mirror-fault.ts';

/** Locks the records of one model until the transaction ends, whether they were ever applied or not. */
export async function lockCheckpoints(
  connection: Connection,
  model: string,
  epoch: number,
  records: readonly RecordToApply[],
): Promise<void> {
  // Always in the same order, so that two workers never wait for each other.
  const sorted = [...records].sort((a, b) => (a.recordKey < b.recordKey ? -1 : 1));
  await sideOf(connection).checkpoints.lock(connection, model, epoch, sorted);
}

/** Enters an epoch, or refuses it when records of a later one are here already. Call with the records locked. */
export async function enterEpoch(connection: Connection, epoch: number): Promise<void> {
  const latest = await latestEpoch(connection);
  if (latest !== null && latest > epoch) {
    throw new MirrorFaultError('server', `the source is of epoch ${epoch}, and the backup has seen epoch ${latest}`);
  }
  if (latest === epoch) return;
  await sideOf(connection).checkpoints.enter(connection, epoch, recheckSeconds);
}

/** A source that dies takes the last moments with it; the backup may be ahead of what survived by as much. */
const recheckSeconds = 600;

export async function latestEpoch(connection: Connection): Promise<number | null> {
  const rows: { latest: unknown }[] = await connection.query('SELECT MAX(epoch) AS latest FROM mirror_epochs');
  const latest = rows[0]?.latest;
  return latest === null || latest === undefined ? null : Number(latest);
}

/** Records that were last applied from an older history, so shortly before its end that they may not have survived it. */
export async function applicationsToRecheck(
  connection: Connection,
  epoch: number,
  limit: number,
): Promise<{ model: string; recordKey: string }[]> {
  const rows = await connection.query(
    `SELECT c.model, c.record_key FROM mirror_checkpoints c JOIN mirror_epochs e ON e.epoch = ?
      WHERE c.epoch < ? AND c.applied_at >= e.recheck_from ORDER BY c.model, c.record_key LIMIT ?`,
    [epoch, epoch, limit],
  );
  return rowsOf(rows).map((row) => ({ model: textOf(row, 'model'), recordKey: textOf(row, 'record_key') }));
}

/** A checkpoint is a lock and a record, not needed once it has expired. Returns the number of deleted ones. */
export async function purgeCheckpoints(connection: Connection, olderThanHours: number, limit: number): Promise<number> {
  return sideOf(connection).checkpoints.purge(connection, olderThanHours, limit);
}
