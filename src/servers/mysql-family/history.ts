/**
 * What a server is asked about its own history, when somebody names a position that it is not known to have.
 *
 * A transaction counts as logged before it is acknowledged: MySQL has it in `gtid_owned` until it is in `gtid_executed`, asked in
 * that order; MariaDB notes it in `gtid_binlog_state` before anybody is sent it. So a replica can show nothing that is missing
 * here. A server that follows another one may still get what it lacks: what it has received, and what is on its way.
 */
import type { HistoryAnswer } from '../../cluster/node-probe.ts';
import type { Position } from '../../consistency/position.ts';
import type { FlavourName } from '../flavour-name.ts';
import type { MariadbGtid } from '../mariadb/gtid.ts';
import { MariadbHistory } from '../mariadb/gtid-history.ts';
import { MariadbGtidPosition } from '../mariadb/gtid-position.ts';
import { MysqlHistory } from '../mysql/gtid-history.ts';
import { MysqlGtidSet } from '../mysql/gtid-set.ts';
import { type Row, textOf } from '../server-statements.ts';
import { refusedByColumn, refusedByOf } from './write-refusal.ts';

type Questions = { readonly own: string; readonly group: string | null };

export const historyQuestions: Readonly<Record<FlavourName, Questions>> = {
  mariadb: {
    own: `SELECT CONCAT(@@server_id, '@', @@hostname, ':', @@port) AS identity, ${refusedByColumn('mariadb')}, @@GLOBAL.gtid_binlog_state AS logged, @@GLOBAL.gtid_slave_pos AS applied, @@GLOBAL.gtid_binlog_pos AS held`,
    group: null,
  },
  mysql: {
    own: `SELECT @@server_uuid AS identity, ${refusedByColumn('mysql')}, @@GLOBAL.gtid_owned AS owned, @@GLOBAL.gtid_executed AS executed`,
    // Members deliver to each other what none of them asks for by name.
    group:
      "SELECT RECEIVED_TRANSACTION_SET AS received FROM performance_schema.replication_connection_status WHERE CHANNEL_NAME = 'group_replication_applier' AND SERVICE_STATE = 'ON'",
  },
};

/** The answers as values. */
export type HistoryFacts = Pick<HistoryAnswer, 'identity' | 'readOnly' | 'received' | 'receives'> & {
  /** Everything that it has logged or applied, and what it has received and is going to apply. */
  readonly all: Position;
  /** What each server has written last; on MySQL a position tells that as it is. */
  readonly byServer: readonly Position[];
  readonly applied: Position;
};

export function historyFacts(
  flavour: FlavourName,
  row: Row,
  channels: readonly Row[],
  members: readonly Row[],
): HistoryFacts {
  const running = channels.filter((channel) => isYes(channel, ['Slave_SQL_Running', 'Replica_SQL_Running']));
  const texts = [
    ...running.map((channel) => textOf(channel, flavour === 'mysql' ? 'Retrieved_Gtid_Set' : 'Gtid_IO_Pos')),
    ...members.map((member) => textOf(member, 'received')),
  ];
  const received = texts
    .map((text): Position => (flavour === 'mysql' ? MysqlGtidSet : MariadbGtidPosition).parse(text))
    .reduce<Position | null>((all, one) => all?.merge(one) ?? one, null);
  const own = ownFacts(flavour, row);
  return {
    identity: textOf(row, 'identity'),
    readOnly: refusedByOf(row).length > 0,
    receives: running.some((channel) => isYes(channel, ['Slave_IO_Running', 'Replica_IO_Running'])),
    received,
    ...own,
    all: received === null ? own.all : own.all.merge(received),
  };
}

function ownFacts(flavour: FlavourName, row: Row): Pick<HistoryFacts, 'all' | 'byServer' | 'applied'> {
  switch (flavour) {
    case 'mariadb': {
      const applied = MariadbGtidPosition.parse(textOf(row, 'applied'));
      const byServer = gtidsOf(textOf(row, 'logged')).map((gtid) => MariadbGtidPosition.fromGtids([gtid]));
      const all = byServer.reduce((merged, one) => merged.merge(one), applied);
      return { all, byServer, applied };
    }
    case 'mysql': {
      const applied = MysqlGtidSet.parse(textOf(row, 'executed'));
      const owned = MysqlGtidSet.parse(textOf(row, 'owned').replaceAll(/#\d+/g, ''));
      return { all: applied.merge(owned), byServer: [], applied };
    }
    default:
      return flavour satisfies never;
  }
}

export function historyAnswer(
  flavour: FlavourName,
  row: Row,
  channels: readonly Row[],
  members: readonly Row[],
): HistoryAnswer {
  const { identity, readOnly, received, receives } = historyFacts(flavour, row, channels, members);
  return { identity, readOnly, received, receives, ...histories(ownFacts(flavour, row), row) };
}

function histories(
  { all, applied }: Pick<HistoryFacts, 'all' | 'applied'>,
  row: Row,
): Pick<HistoryAnswer, 'logged' | 'settled'> {
  if (all instanceof MysqlGtidSet && applied instanceof MysqlGtidSet) {
    return { logged: new MysqlHistory(all), settled: new MysqlHistory(applied) };
  }
  const received = applied instanceof MariadbGtidPosition ? applied : MariadbGtidPosition.empty;
  // As a look counts it, so that the two can be compared.
  const held = received.merge(MariadbGtidPosition.parse(textOf(row, 'held')));
  const logged = new MariadbHistory(gtidsOf(textOf(row, 'logged')), held);
  return { logged, settled: logged };
}

/** `gtid_binlog_state`: unlike a position it names a domain once for each server. */
export function gtidsOf(state: string): readonly MariadbGtid[] {
  return state
    .split(',')
    .filter((text) => text.trim() !== '')
    .flatMap((text) => MariadbGtidPosition.parse(text.trim()).gtids());
}

const isYes = (row: Row, columns: readonly string[]) => columns.some((column) => textOf(row, column) === 'Yes');
