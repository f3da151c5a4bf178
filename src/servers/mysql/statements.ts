/**
 * MySQL's wording.
 *
 * `gtid_executed` moves after a transaction has become visible: a lower bound of what reads see. A transaction that is
 * between the two is in `gtid_owned`. It moves from owned to executed and never back, so reading `gtid_owned` first and
 * `gtid_executed` second misses none: together they include all that a reader may have seen.
 */

import type { Position } from '../../consistency/position.ts';
import { channelsOf } from '../mysql-family/replication-channels.ts';
import { replicationState } from '../mysql-family/replication-rows.ts';
import type { ServerStatements } from '../mysql-family/server-statements.ts';
import { logStatusOfMysql } from '../mysql-family/setup-questions.ts';
import { refusedByColumn } from '../mysql-family/write-refusal.ts';
import { columnsOf, type Row, textOf } from '../rows.ts';
import type { Untold } from '../untold.ts';
import { groupState, isOrdinary, membership } from './group.ts';
import { MysqlGtidSet } from './gtid-set.ts';
import { mysqlPositions } from './positions.ts';
import { refusals } from './refusals.ts';
import { words } from './replication-words.ts';
import { mysqlTerms } from './terms.ts';

const channelWords = { name: 'Channel_Name', sourceId: 'Source_Server_Id', follows: 'Auto_Position', byFile: '0' };

const executed = (row: Row | undefined): MysqlGtidSet => MysqlGtidSet.parse(textOf(row, 'executed'));

/** `uuid:5#31:6#32` names the owning threads behind the numbers. */
const owned = (row: Row | undefined): Position => MysqlGtidSet.parse(textOf(row, 'owned').replaceAll(/#\d+/g, ''));

export const mysqlStatements: ServerStatements = {
  terms: mysqlTerms,
  positions: mysqlPositions,
  refusals,
  reachedInProbe: true,
  probe: `SELECT @@server_uuid AS identity, @@server_uuid AS id, ${refusedByColumn(refusals)}, VERSION() AS version, (SELECT MAX(VARIABLE_VALUE) FROM performance_schema.global_variables WHERE VARIABLE_NAME IN ('rpl_semi_sync_source_enabled', 'rpl_semi_sync_master_enabled')) AS awaitsAcknowledgement, @@GLOBAL.gtid_owned AS owned, @@GLOBAL.gtid_executed AS executed, @@GLOBAL.gtid_mode AS gtid_mode, @@GLOBAL.log_bin AS log_bin, @@SESSION.sql_log_bin AS sql_log_bin`,
  replication: 'SHOW REPLICA STATUS',
  membership,
  replicationOf: (rows, [member] = []) => groupState(replicationState(rows.filter(isOrdinary), words), member),
  position: [
    'SELECT @@GLOBAL.gtid_owned AS owned',
    'SELECT @@GLOBAL.gtid_executed AS executed, @@GLOBAL.gtid_mode AS gtid_mode',
  ],
  glance: [
    'SELECT @@GLOBAL.gtid_owned AS owned',
    'SELECT @@GLOBAL.gtid_executed AS executed, @@GLOBAL.gtid_mode AS gtid_mode',
  ],
  numbers: (rows) => !['OFF', 'OFF_PERMISSIVE'].includes(textOf(rows.at(-1), 'gtid_mode')),
  reached: (rows) => executed(rows.at(-1)),
  // A replica may have applied what its source is about to commit.
  holdings: (row) => ({ holds: executed(row).merge(owned(row)) }),
  settings: (row) => columnsOf(row, ['gtid_mode', 'log_bin', 'sql_log_bin']),
  channels: (rows) => channelsOf(rows.filter(isOrdinary), channelWords),
  logStatus: logStatusOfMysql,
  observesByReplication: () => false,
  observed: ([ownedRow, executedRow]) => executed(executedRow).merge(owned(ownedRow)),
  wait: (wanted, seconds) => `SELECT WAIT_FOR_EXECUTED_GTID_SET('${wanted.format()}', ${seconds}) AS outcome`,
  beginSnapshot: 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
  logProof: null,
  afterCommit:
    'SELECT @@GLOBAL.gtid_executed AS executed, @@server_uuid AS uuid, @tidemark_group AS groupName, @@GLOBAL.gtid_mode AS gtid_mode, @@GLOBAL.log_bin AS log_bin, @@SESSION.sql_log_bin AS sql_log_bin',
  own: (row, previous) => untoldBy(row, previous) ?? ownPart(row),
};

/**
 * The mode is requested after the commit. ON cannot follow while any client commits without a GTID; ON_PERMISSIVE can, so
 * it counts only if it was also found before the commit.
 */
function untoldBy(row: Row, previous: Row | undefined): Untold | null {
  if (textOf(row, 'log_bin') !== '1' || textOf(row, 'sql_log_bin') !== '1') return 'UNLOGGED';
  const [mode, before] = [textOf(row, 'gtid_mode'), textOf(previous, 'gtid_mode')];
  const numbers = mode === 'ON' || (mode === 'ON_PERMISSIVE' && ['ON', 'ON_PERMISSIVE'].includes(before));
  return numbers ? null : 'UNNUMBERED';
}

/** The server's own writes carry its UUID or, in a replication group, the group's. Those of others are not waited for. */
function ownPart(row: Row): Position | null {
  const all = executed(row);
  const own = all.withOnlySources([textOf(row, 'uuid'), textOf(row, 'groupName')].filter((uuid) => uuid !== ''));
  const kept = own.isEmpty() ? all : own;
  return kept.isEmpty() ? null : kept;
}
