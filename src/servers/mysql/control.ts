/**
 * How MySQL is administered. Whether a server takes writes is persisted: it has to outlive a restart, or the replica that
 * was promoted would come back refusing and the deposed source accepting.
 */

import type { ControlStatements } from '../mysql-family/control-statements.ts';
import { followedBy, receiverOf, replicationState } from '../mysql-family/replication-rows.ts';
import { refusedByColumn, refusedByOf } from '../mysql-family/write-refusal.ts';
import { textOf } from '../rows.ts';
import { MysqlGtidSet } from './gtid-set.ts';
import { refusals } from './refusals.ts';
import { words } from './replication-words.ts';

export const mysqlControl: ControlStatements = {
  probe: `SELECT @@server_uuid AS identity, @@server_uuid AS id, VERSION() AS version, ${refusedByColumn(refusals)}, @@GLOBAL.gtid_executed AS executed, @@GLOBAL.gtid_mode AS gtidMode, @@GLOBAL.log_bin AS logBin, @@GLOBAL.log_replica_updates AS logsUpdates, @@GLOBAL.report_host AS reportHost, @@GLOBAL.report_port AS reportPort, (SELECT VARIABLE_VALUE FROM performance_schema.global_variables WHERE VARIABLE_NAME = 'group_replication_group_name') AS groupName`,
  facts: (probe, replication) => {
    const executed = MysqlGtidSet.parse(textOf(probe, 'executed'));
    const byGtid = replication.every((row) => textOf(row, 'Auto_Position') === '1');
    const received = replication.reduce(
      (all, row) => all.merge(MysqlGtidSet.parse(textOf(row, 'Retrieved_Gtid_Set'))),
      executed,
    );
    const { applier, replicationError, channels, delayMs } = replicationState(replication, words);
    return {
      identity: textOf(probe, 'identity'),
      id: textOf(probe, 'id').toLowerCase(),
      flavour: 'mysql',
      version: textOf(probe, 'version'),
      readOnly: refusedByOf(probe).length > 0,
      position: executed,
      received: byGtid ? received : null,
      receiver: receiverOf(replication, words),
      applier,
      replicationError,
      channels,
      delayMs,
      inGroup: textOf(probe, 'groupName') !== '',
      follows: followedBy(replication, words),
      unfit: [
        ...(textOf(probe, 'gtidMode') === 'ON' ? [] : ['it does not number transactions (gtid_mode)']),
        ...(textOf(probe, 'logBin') === '1' ? [] : ['it writes no binary log (log_bin)']),
        ...(textOf(probe, 'logsUpdates') === '1' ? [] : ['it does not log what it replicates (log_replica_updates)']),
      ],
    };
  },
  refuseWrites: ['SET SESSION lock_wait_timeout = 5', 'SET PERSIST super_read_only = ON'],
  acceptWrites: ['SET PERSIST super_read_only = OFF', 'SET PERSIST read_only = OFF'],
  admitAdministrator: ['SET GLOBAL super_read_only = OFF'],
  stopReceiving: 'STOP REPLICA IO_THREAD',
  startApplying: 'START REPLICA SQL_THREAD',
  stopReplicating: 'STOP REPLICA',
  forget: 'RESET REPLICA ALL',
  beginAtOwnPosition: [],
  holdOnly: (held, version) => [
    Number.parseFloat(version) >= 8.2 ? 'RESET BINARY LOGS AND GTIDS' : 'RESET MASTER',
    `SET GLOBAL gtid_purged = '${held}'`,
  ],
  encrypted: 'Source_SSL_Allowed',
  follow: ({ host, port, account, encrypts }, quote) => [
    `CHANGE REPLICATION SOURCE TO SOURCE_HOST = ${quote(host)}, SOURCE_PORT = ${port}${account === null ? '' : `, SOURCE_USER = ${quote(account.user)}, SOURCE_PASSWORD = ${quote(account.password)}`}${encrypts ? ', SOURCE_SSL = 1' : ''}, SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1, SOURCE_CONNECT_RETRY = 1, SOURCE_RETRY_COUNT = 0, SOURCE_HEARTBEAT_PERIOD = 1`,
    'START REPLICA',
  ],
  semiSync: { scope: 'PERSIST', source: 'rpl_semi_sync_source_enabled', replica: 'rpl_semi_sync_replica_enabled' },
  purged: 'SELECT @@GLOBAL.gtid_purged AS purged',
};
