/**
 * A node of a Galera cluster, in the words of ordinary replication. All of its nodes take writes by design; what one commits
 * the others apply, in one sequence. With `wsrep_gtid_mode` that sequence is a GTID domain, and `gtid_binlog_pos` moves on
 * every node, but before readers see the transaction, while `gtid_slave_pos` stands still. So what a node includes is what it
 * had logged before a moment at which it showed its whole log. It is asked twice, as others may be committing.
 *
 * `WSREP_SYNC_WAIT_UPTO_GTID` is no wait for us: it counts whole seconds, and passes for a domain that it does not know.
 */
import type { MemberState } from '../../cluster/node-status.ts';
import { replicationState } from '../mysql-family/replication-rows.ts';
import type { ReplicationState, ServerStatements } from '../mysql-family/server-statements.ts';
import { type Row, textOf } from '../rows.ts';
import { MariadbGtidPosition } from './gtid-position.ts';
import { logEnd, showsLogUntil } from './log-proof.ts';
import { words } from './replication-words.ts';
import { mariadbStatements } from './statements.ts';

/** One row on a server that is a node of such a cluster. A server that was built without it has no such variable. */
export const galeraSwitch = "SHOW GLOBAL VARIABLES WHERE Variable_name = 'wsrep_on' AND Value = 'ON'";

const membership =
  "SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_local_state', 'wsrep_local_state_uuid', 'wsrep_cluster_status', 'wsrep_ready', 'wsrep_local_recv_queue')";

const columns = ['file', 'position'].map(
  (name) => `MAX(IF(VARIABLE_NAME = 'BINLOG_SNAPSHOT_${name.toUpperCase()}', VARIABLE_VALUE, NULL)) AS ${name}`,
);
const shown = `SELECT ${columns.join(', ')} FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME LIKE 'BINLOG_SNAPSHOT_%'`;

/** Without the part that is not known to be visible; empty if nothing is. */
function reached(rows: readonly Row[], replicating: boolean): MariadbGtidPosition {
  const [logged, end, ...probes] = rows;
  const all = MariadbGtidPosition.parse(textOf(logged, 'logged'));
  if (!replicating) return all;
  const isShown = probes.some((probe) => showsLogUntil(end, statusRows(probe)));
  return isShown ? all : MariadbGtidPosition.empty;
}

const statusRows = (row: Row): readonly Row[] => [
  { Variable_name: 'Binlog_snapshot_file', Value: row.file },
  { Variable_name: 'Binlog_snapshot_position', Value: row.position },
];

export const galeraStatements: ServerStatements = {
  ...mariadbStatements,
  reachedInProbe: false,
  wait: null,
  membership,
  replicationOf: (rows, status = []) => nodeState(replicationState(rows, words), status),
  position: [...mariadbStatements.position, logEnd, shown, shown],
  reached,
  holdings: (row) => ({ holds: MariadbGtidPosition.parse(textOf(row, 'logged')) }),
  observesByReplication: () => false,
};

function nodeState(outside: ReplicationState, status: readonly Row[]): ReplicationState {
  const of = (name: string) =>
    textOf(
      status.find((row) => textOf(row, 'Variable_name') === name),
      'Value',
    );
  const member = memberState(of('wsrep_local_state'), of('wsrep_cluster_status'), of('wsrep_ready'));
  return {
    member,
    group: of('wsrep_local_state_uuid'),
    channels: outside.channels ?? [],
    applier: 'RUNNING',
    receiving: member === 'ONLINE' || member === 'RECOVERING',
    replicationError: null,
    lagMs: of('wsrep_local_recv_queue') === '0' ? 0 : null,
  };
}

/** 4 is synced; 1 to 3: joining, donor, catching up. */
function memberState(local: string, cluster: string, ready: string): MemberState {
  if (local === '4' && cluster === 'Primary' && ready === 'ON') return 'ONLINE';
  if (['1', '2', '3'].includes(local)) return 'RECOVERING';
  return cluster === 'Primary' ? 'OFFLINE' : 'NO_MAJORITY';
}
