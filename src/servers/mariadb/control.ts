/**
 * How MariaDB is administered.
 *
 * What a replica has received is `Gtid_IO_Pos`. It stays in the relay log only as long as one of the two threads runs: when
 * both have stopped, the next start discards the relay log and asks the source again, which may be gone. So the
 * receiving thread is stopped alone, and the applying thread never before it has applied everything.
 * A server that was the source has an empty `gtid_slave_pos`, which has to be set to what the server wrote itself.
 */
import type { Position } from '../../consistency/position.ts';
import type { ControlStatements } from '../mysql-family/control-statements.ts';
import { followedBy, receiverOf, replicationState } from '../mysql-family/replication-rows.ts';
import { refusedByColumn, refusedByOf } from '../mysql-family/write-refusal.ts';
import { type Row, textOf } from '../rows.ts';
import { MariadbGtidPosition } from './gtid-position.ts';
import { refusals } from './refusals.ts';
import { words } from './replication-words.ts';

const position = (row: Row | undefined, column: string): Position => MariadbGtidPosition.parse(textOf(row, column));
const isOff = (row: Row, column: string): boolean => ['0', 'OFF'].includes(textOf(row, column));

export const mariadbControl: ControlStatements = {
  probe: `SELECT CONCAT(@@server_id, '@', @@hostname, ':', @@port) AS identity, @@server_id AS id, VERSION() AS version, ${refusedByColumn(refusals)}, @@GLOBAL.gtid_slave_pos AS applied, @@GLOBAL.gtid_binlog_pos AS logged, @@GLOBAL.log_bin AS logBin, @@GLOBAL.log_slave_updates AS logsUpdates, @@GLOBAL.report_host AS reportHost, @@GLOBAL.report_port AS reportPort`,
  facts: (probe, replication) => {
    const own = position(probe, 'applied').merge(position(probe, 'logged'));
    const byGtid = replication.every((row) => textOf(row, 'Using_Gtid') !== 'No');
    const received = replication.reduce((all, row) => all.merge(position(row, 'Gtid_IO_Pos')), own);
    const { applier, replicationError, channels, delayMs } = replicationState(replication, words);
    return {
      identity: textOf(probe, 'identity'),
      id: textOf(probe, 'id').toLowerCase(),
      flavour: 'mariadb',
      version: textOf(probe, 'version'),
      readOnly: refusedByOf(probe).length > 0,
      position: own,
      received: byGtid ? received : null,
      receiver: receiverOf(replication, words),
      applier,
      replicationError,
      channels,
      delayMs,
      follows: followedBy(replication, words),
      unfit: [
        ...(isOff(probe, 'logBin') ? ['it writes no binary log (log_bin)'] : []),
        ...(isOff(probe, 'logsUpdates') ? ['it does not log what it replicates (log_slave_updates)'] : []),
      ],
    };
  },
  refuseWrites: ['SET SESSION lock_wait_timeout = 5', 'SET GLOBAL read_only = ON'],
  acceptWrites: ['SET GLOBAL read_only = OFF'],
  admitAdministrator: [],
  stopReceiving: 'STOP SLAVE IO_THREAD',
  startApplying: 'START SLAVE SQL_THREAD',
  stopReplicating: 'STOP SLAVE',
  forget: 'RESET SLAVE ALL',
  // A server that was given a copy of another's data has written nothing itself.
  beginAtOwnPosition: [
    "SET GLOBAL gtid_slave_pos = IF(@@GLOBAL.gtid_binlog_pos = '', @@GLOBAL.gtid_slave_pos, @@GLOBAL.gtid_binlog_pos)",
  ],
  holdOnly: (held) => ['RESET MASTER', `SET GLOBAL gtid_slave_pos = '${held}'`],
  encrypted: 'Master_SSL_Allowed',
  // Since 11.3 certificates are verified by default.
  follow: ({ host, port, account, encrypts }, quote) => [
    `CHANGE MASTER TO MASTER_HOST = ${quote(host)}, MASTER_PORT = ${port}${account === null ? '' : `, MASTER_USER = ${quote(account.user)}, MASTER_PASSWORD = ${quote(account.password)}`}${encrypts ? ', MASTER_SSL = 1, MASTER_SSL_VERIFY_SERVER_CERT = 0' : ''}, MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1, MASTER_HEARTBEAT_PERIOD = 1`,
    'START SLAVE',
  ],
  semiSync: { scope: 'GLOBAL', source: 'rpl_semi_sync_master_enabled', replica: 'rpl_semi_sync_slave_enabled' },
  purged: "SELECT BINLOG_GTID_POS('', 4) AS purged",
};
