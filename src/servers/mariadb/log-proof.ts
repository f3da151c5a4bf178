/**
 * What a MariaDB snapshot certainly shows of the server's own log.
 *
 * `gtid_binlog_pos` counts a transaction before it is visible, above all while it waits for a replica's acknowledgement. But
 * a consistent snapshot knows the place in the log up to which everything is visible, `binlog_snapshot_*`. Everything that
 * had been logged before the log ended at a place that the snapshot has reached is in the snapshot. Right after the log has
 * switched to another file, the snapshot still names the previous one: then nothing is proved until the next commit.
 */

import { type Row, textOf } from '../rows.ts';
import { placeShown } from './log-place.ts';

/** Where the log ends now: one row. The answer waits for commits that are writing to the log. */
export const logEnd = 'SHOW BINLOG STATUS';

export function showsLogUntil(end: Row | undefined, shown: readonly Row[]): boolean {
  const place = placeShown(shown);
  const until = textOf(end, 'Position');
  if (place === null || place.file !== textOf(end, 'File') || !/^\d+$/.test(until)) return false;
  return place.position >= BigInt(until);
}
