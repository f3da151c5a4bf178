/**
 * What a MySQL server is asked about its own history. It has a transaction in `gtid_owned` until it is in `gtid_executed`, asked
 * in that order.
 */
import type { HistoryQuestions } from '../mysql-family/history.ts';
import { refusedByColumn } from '../mysql-family/write-refusal.ts';
import { type Row, textOf } from '../rows.ts';
import { MysqlHistory } from './gtid-history.ts';
import { MysqlGtidSet } from './gtid-set.ts';
import { mysqlPositions } from './positions.ts';
import { mysqlStatements } from './statements.ts';

export const mysqlHistory: HistoryQuestions = {
  positions: mysqlPositions,
  own: `SELECT @@server_uuid AS identity, ${refusedByColumn(mysqlStatements.refusals)}, @@GLOBAL.gtid_owned AS owned, @@GLOBAL.gtid_executed AS executed`,
  replication: mysqlStatements.replication,
  receivedColumn: 'Retrieved_Gtid_Set',
  group:
    "SELECT RECEIVED_TRANSACTION_SET AS received FROM performance_schema.replication_connection_status WHERE CHANNEL_NAME = 'group_replication_applier' AND SERVICE_STATE = 'ON'",
  facts: (row) => {
    const applied = executed(row);
    return { all: withOwned(applied, row), byServer: [], applied };
  },
  histories: (row) => {
    const settled = executed(row);
    return { logged: new MysqlHistory(withOwned(settled, row)), settled: new MysqlHistory(settled) };
  },
};

const executed = (row: Row): MysqlGtidSet => MysqlGtidSet.parse(textOf(row, 'executed'));

/** The server prints the owning thread after the number. */
const withOwned = (settled: MysqlGtidSet, row: Row): MysqlGtidSet =>
  settled.merge(MysqlGtidSet.parse(textOf(row, 'owned').replaceAll(/#\d+/g, '')));
