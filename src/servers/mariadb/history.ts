/**
 * What a MariaDB server is asked about its own history. It records a transaction in `gtid_binlog_state` before it sends it to
 * any replica.
 */

import type { Position } from '../../consistency/position.ts';
import type { Connection } from '../connection.ts';
import type { HistoryQuestions } from '../mysql-family/history.ts';
import { refusedByColumn } from '../mysql-family/write-refusal.ts';
import { rowsOf, textOf } from '../rows.ts';
import type { MariadbGtid } from './gtid.ts';
import { MariadbHistory } from './gtid-history.ts';
import { MariadbGtidPosition } from './gtid-position.ts';
import { mariadbPositions } from './positions.ts';
import { mariadbStatements } from './statements.ts';

export const mariadbHistory: HistoryQuestions = {
  positions: mariadbPositions,
  own: `SELECT CONCAT(@@server_id, '@', @@hostname, ':', @@port) AS identity, ${refusedByColumn(mariadbStatements.refusals)}, @@GLOBAL.gtid_binlog_state AS logged, @@GLOBAL.gtid_slave_pos AS applied, @@GLOBAL.gtid_binlog_pos AS held`,
  replication: mariadbStatements.replication,
  receivedColumn: 'Gtid_IO_Pos',
  group: null,
  facts: (row) => {
    const applied = MariadbGtidPosition.parse(textOf(row, 'applied'));
    const byServer = parseGtids(textOf(row, 'logged')).map((gtid) => MariadbGtidPosition.fromGtids([gtid]));
    const all = byServer.reduce((merged, one) => merged.merge(one), applied);
    return { all, byServer, applied };
  },
  histories: (row) => {
    // Counted as in a probe, so that the two can be compared.
    const applied = MariadbGtidPosition.parse(textOf(row, 'applied'));
    const held = applied.merge(MariadbGtidPosition.parse(textOf(row, 'held')));
    const logged = new MariadbHistory(parseGtids(textOf(row, 'logged')), held);
    return { logged, settled: logged };
  },
};

/** `gtid_binlog_state`: unlike a position it names a domain once for each server. */
export function parseGtids(state: string): readonly MariadbGtid[] {
  return state
    .split(',')
    .filter((text) => text.trim() !== '')
    .flatMap((text) => MariadbGtidPosition.parse(text.trim()).gtids());
}

/**
 * The server's position when it began its newest log. A log that was discarded begins with nothing, and what came from a dump
 * is in the position at which replication would begin.
 */
export async function startOfLog(connection: Pick<Connection, 'query'>, applied: Position): Promise<Position | null> {
  const newest = rowsOf(await connection.query('SHOW BINARY LOGS')).at(-1);
  if (newest === undefined) return null;
  const asked = await connection.query('SELECT BINLOG_GTID_POS(?, 4) AS began', [textOf(newest, 'Log_name')]);
  const [row = {}] = rowsOf(asked);
  if (row.began === null || row.began === undefined) return null;
  return applied.merge(MariadbGtidPosition.parse(textOf(row, 'began')));
}
