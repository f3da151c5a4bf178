/** Places in a MariaDB server's log, as it reports them. */
import { type Row, textOf } from '../rows.ts';

/** Up to which place its log is visible, and how many commits wait. Never blocks, unlike all other questions about logs. */
export const shownOfLog =
  "SHOW STATUS WHERE Variable_name IN ('Binlog_snapshot_file', 'Binlog_snapshot_position', 'Rpl_semi_sync_master_wait_sessions')";

export type Place = { readonly file: string; readonly position: bigint };

/** `null` when the server writes no log. */
export function placeShown(shown: readonly Row[]): Place | null {
  const file = variable(shown, 'binlog_snapshot_file');
  const position = variable(shown, 'binlog_snapshot_position');
  return /^[\w.-]+$/.test(file) && /^\d+$/.test(position) ? { file, position: BigInt(position) } : null;
}

export function isAwaited(shown: readonly Row[]): boolean {
  return Number(variable(shown, 'rpl_semi_sync_master_wait_sessions')) > 0;
}

/** The position at a place. Reads the log from the beginning of the file: a hundred megabytes in some 20 ms. */
export const positionAt = ({ file, position }: Place) => `SELECT BINLOG_GTID_POS('${file}', ${position}) AS position`;

function variable(rows: readonly Row[], name: string): string {
  return textOf(
    rows.find((row) => textOf(row, 'Variable_name').toLowerCase() === name),
    'Value',
  );
}
