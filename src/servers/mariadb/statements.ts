/**
 * MariaDB's wording.
 *
 * `gtid_slave_pos` moves after a replicated transaction has become visible: a lower bound of what reads see.
 * `gtid_binlog_pos` moves before it becomes visible, when the transaction is written to the binary log: with
 * `log_slave_updates` an upper bound. A reader may see a transaction in between, so what a node *includes* is read from
 * the first and what a reader may have *seen* from both. A replica without `log_slave_updates` does not log what it
 * applies: its upper bound is what it has received, `Gtid_IO_Pos`.
 * On a source the binary log is the history; `gtid_slave_pos` does not move. If the source was restored from a dump, whose
 * content its log does not hold, only `gtid_slave_pos` has the starting position. `gtid_current_pos` is never used on a
 * replica: it counts local writes as if they were the source's. A server that refuses writes is read like a replica, in
 * case it has just become one.
 */

import type { Position } from '../../consistency/position.ts';
import { channelsOf } from '../mysql-family/replication-channels.ts';
import { replicationState } from '../mysql-family/replication-rows.ts';
import type { ServerStatements } from '../mysql-family/server-statements.ts';
import { refusedByColumn } from '../mysql-family/write-refusal.ts';
import { columnsOf, type Row, textOf } from '../rows.ts';
import { MariadbGtidPosition } from './gtid-position.ts';
import { isAwaited, shownOfLog } from './log-place.ts';
import { logEnd, showsLogUntil } from './log-proof.ts';
import { mariadbPositions } from './positions.ts';
import { refusals } from './refusals.ts';
import { words } from './replication-words.ts';
import { mariadbTerms } from './terms.ts';

const channelWords = { name: 'Connection_name', sourceId: 'Master_Server_Id', follows: 'Using_Gtid', byFile: 'No' };

const columns =
  '@@GLOBAL.gtid_slave_pos AS applied, @@GLOBAL.gtid_binlog_pos AS logged, @@GLOBAL.log_bin AND @@GLOBAL.log_slave_updates AS logsUpdates, @@GLOBAL.read_only AS readOnly';

const position = (row: Row | undefined, column: string): Position => MariadbGtidPosition.parse(textOf(row, column));

const isOn = (row: Row | undefined, column: string): boolean => !['0', 'OFF'].includes(textOf(row, column));

/** `gtid_binlog_state` has the last transaction of each server in each domain. */
function loggedOf(state: string): Readonly<Record<string, Position>> {
  const byServer = new Map<string, string[]>();
  for (const gtid of state.split(',').filter((text) => text !== '')) {
    const server = gtid.split('-')[1] ?? '';
    byServer.set(server, [...(byServer.get(server) ?? []), gtid]);
  }
  return Object.fromEntries(
    [...byServer].map(([server, gtids]) => [server, MariadbGtidPosition.parse(gtids.join(','))]),
  );
}

export const mariadbStatements: ServerStatements = {
  terms: mariadbTerms,
  positions: mariadbPositions,
  refusals,
  reachedInProbe: true,
  probe: `SELECT CONCAT(@@server_id, '@', @@hostname, ':', @@port) AS identity, @@server_id AS id, ${refusedByColumn(refusals)}, VERSION() AS version, @@GLOBAL.gtid_binlog_state AS state, @@GLOBAL.rpl_semi_sync_master_enabled AS awaitsAcknowledgement, @@GLOBAL.log_bin AS log_bin, @@SESSION.sql_log_bin AS sql_log_bin, ${columns}`,
  replication: 'SHOW ALL SLAVES STATUS',
  membership: null,
  replicationOf: (rows) => replicationState(rows, words),
  position: [`SELECT ${columns}`],
  glance: ['SELECT @@GLOBAL.gtid_slave_pos AS applied, @@GLOBAL.gtid_binlog_pos AS logged'],
  // Its log is switched on and off by a restart only.
  numbers: () => true,
  reached: ([row], replicating) => {
    const applied = position(row, 'applied');
    return replicating || isOn(row, 'readOnly') ? applied : applied.merge(position(row, 'logged'));
  },
  holdings: (row) => ({
    holds: position(row, 'applied').merge(position(row, 'logged')),
    logged: loggedOf(textOf(row, 'state')),
  }),
  settings: (row) => columnsOf(row, ['log_bin', 'sql_log_bin']),
  channels: (rows) => channelsOf(rows, channelWords),
  logStatus: () => 'SHOW MASTER STATUS',
  observesByReplication: ([row], replicating) => (replicating || isOn(row, 'readOnly')) && !isOn(row, 'logsUpdates'),
  observed: ([row], replication) => {
    const received = replication.map((channel) => position(channel, 'Gtid_IO_Pos'));
    return received.reduce((seen, more) => seen.merge(more), position(row, 'applied').merge(position(row, 'logged')));
  },
  wait: (wanted, seconds) => `SELECT MASTER_GTID_WAIT('${wanted.format()}', ${seconds}) AS outcome`,
  beginSnapshot: 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
  logProof: {
    end: logEnd,
    shown: shownOfLog,
    isAwaited,
    proved: (row, end, shown) => (showsLogUntil(end, shown) ? position(row, 'logged') : null),
  },
  afterCommit: 'SELECT @@last_gtid AS own, @@GLOBAL.log_bin AND @@SESSION.sql_log_bin AS logs',
  own: (row, previous) => {
    if (textOf(row, 'logs') !== '1') return 'UNLOGGED';
    const own = textOf(row, 'own');
    return own === '' || own === textOf(previous, 'own') ? null : MariadbGtidPosition.parse(own);
  },
};
