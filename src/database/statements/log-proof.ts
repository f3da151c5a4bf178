/**
 * What a snapshot of MariaDB surely shows of the server's own log.
 *
 * `gtid_binlog_pos` counts a transaction before it is shown, most of all while it waits for a replica's acknowledgement. But
 * a consistent snapshot knows the place in the log up to which everything is shown, `binlog_snapshot_*`. Whatever had been
 * logged before the log ended at a place that the snapshot has reached is in the snapshot. Right after the log has gone
 * on to another file the snapshot still names the former one: then nothing is proved, until the next commit.
 */
import { type Row, textOf } from './server-statements.ts';

/** Where the log ends now: one row. */
export const logEnd = 'SHOW BINLOG STATUS';
/** How far the snapshot of this transaction shows the log: a row per variable. */
export const shownOfLog = "SHOW STATUS LIKE 'binlog_snapshot_%'";

export function showsLogUntil(end: Row | undefined, shown: readonly Row[]): boolean {
  const of = (name: string) =>
    textOf(
      shown.find((row) => textOf(row, 'Variable_name').toLowerCase() === name),
      'Value',
    );
  const file = of('binlog_snapshot_file');
  const at = placeOf(of('binlog_snapshot_position'));
  const until = placeOf(textOf(end, 'Position'));
  return file !== '' && file === textOf(end, 'File') && at !== null && until !== null && at >= until;
}

function placeOf(text: string): bigint | null {
  return /^\d+$/.test(text) ? BigInt(text) : null;
}
