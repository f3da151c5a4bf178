import { describe, expect, it } from 'vitest';
import { judgeBlind } from '../../../src/cluster/blind-nodes.ts';
import type { ClusterSnapshot } from '../../../src/cluster/cluster-snapshot.ts';
import { logProblems } from '../../../src/cluster/log-problems.ts';
import type { NodeStatus } from '../../../src/cluster/node-status.ts';
import { type ProblemCode, problemInWords } from '../../../src/cluster/problem.ts';
import { findProblems } from '../../../src/cluster/problems/find-problems.ts';
import type { ServingFaultKind } from '../../../src/cluster/serving.ts';
import { parsePosition } from '../../support/positions.ts';
import { makeMemoryLog } from '../http/tiny-server.ts';
import { channel, mysqlPosition, replica, source } from './problems/seen.ts';

/** Those of Redis are no server's, and are told by whoever watches it. */
type OfServers = Exclude<ProblemCode, 'REDIS_UNAVAILABLE' | 'CLUSTER_ID_SHARED' | 'CLUSTER_SPLIT'>;

const broken = { kind: 'TABLE_BROKEN', table: 'cluster_epochs', code: 'ER_X', cure: null } as const;
const mysql = { report: { position: mysqlPosition } };
const unable = (kind: ServingFaultKind) => ({
  report: { unable: [{ kind, table: 'orders', code: null, cure: null }] },
});
const migrations = (applied: string[], missing: string[] = []) => ({
  report: { lagMs: 0, migrations: { applied, missing, readAgoMs: 0, unchangedForMs: 3_600_000 } },
});
const taking = (follows: string[], isDoubtful: boolean): NodeStatus => ({
  ...replica(),
  writableReplica: { ...replica().writableReplica, follows, isDoubtful } as NonNullable<NodeStatus['writableReplica']>,
});
const away = (status: NodeStatus): NodeStatus => ({ ...status, state: 'DOWN' });
const mariadb = (text: string) => parsePosition('mariadb', text);

const shown: Readonly<Record<OfServers, ClusterSnapshot>> = {
  GTID_MODE_OFF: [source({ ...mysql, variables: { gtid_mode: 'OFF' } }), replica(mysql)],
  GTID_MODE_PERMISSIVE: [source({ ...mysql, variables: { gtid_mode: 'ON_PERMISSIVE' } }), replica(mysql)],
  SOURCE_CONFLICT: [
    { ...source(), tookWrites: true },
    { ...replica({ channels: [], report: { readOnly: false, applier: 'NONE' } }), role: 'SOURCE' },
  ],
  SOURCE_DOUBTFUL: [away(source()), taking(['source'], true)],
  NOT_MIGRATED: [source(unable('TABLE_MISSING')), replica()],
  MIGRATION_MISSING: [source(migrations(['1_a', '2_b'])), replica(migrations(['1_a']))],
  TABLE_MISSING: [source(), replica(unable('TABLE_MISSING'))],
  RIGHT_MISSING: [source(), replica(unable('RIGHT_MISSING'))],
  TABLE_BROKEN: [source(), replica(unable('TABLE_BROKEN'))],
  TABLE_SILENT: [source(), replica(unable('TABLE_SILENT'))],
  DEADLINES_CONTRADICT: [
    source({ variables: { rpl_semi_sync_master_timeout: '60000' }, report: { awaitsAcknowledgement: true } }),
    replica(),
  ],
  PREPARED_STATEMENTS_NEAR_LIMIT: [
    source({ variables: { max_prepared_stmt_count: '100', Prepared_stmt_count: '99' } }),
    replica(),
  ],
  WRITABLE_REPLICA: [source(), taking(['source'], false)],
  EPOCHS_UNREAD: [
    source(),
    replica({
      report: { epochsUnread: broken },
    }),
  ],
  EPOCH_NOT_RECORDED: [{ ...source(), epochTrouble: { epoch: 1, fault: broken } }, replica()],
  GTIDS_JUST_BEGUN: [
    { ...source({ ...mysql, variables: { gtid_mode: 'ON' } }), blind: 'GTID_MODE_OFF', unnumberedUntil: mysqlPosition },
    replica(mysql),
  ],
  GTIDS_OUT_OF_SEQUENCE: [
    source({ report: { position: mariadb('0-1-5'), logged: { 1: mariadb('0-1-5'), 2: mariadb('0-2-9') } } }),
    replica(),
  ],
  BINARY_LOG_OFF: [source({ variables: { log_bin: 'OFF' } }), replica()],
  SESSIONS_NOT_LOGGED: [source({ variables: { sql_log_bin: '0' } }), replica()],
  BINARY_LOG_FILTERED: [source({ variables: { binlog_ignore_db: 'orders' } }), replica()],
  BINARY_LOG_IN_INNODB: [source({ variables: { binlog_storage_engine: 'innodb' } }), replica()],
  FOLLOWS_BY_FILE: [
    source(),
    replica({ channels: [channel({ follows: { byNumber: false, variable: 'Using_Gtid', value: 'No' } })] }),
  ],
  REPLICATION_UNSEEN: [source(), replica({ report: { missingRights: ['SLAVE MONITOR'] } })],
  REPLICATION_FILTERED: [source(), replica({ channels: [channel({ filters: { Replicate_Ignore_DB: 'orders' } })] })],
  READS_REFUSED: [
    source(),
    {
      ...replica(),
      refusing: { code: 'ER_X', mayBeStatement: false, cure: 'SET …', sinceMs: 0, trials: 0, nextTrialMs: 0 },
    },
  ],
  GROUP_HELD_UP: [
    source({
      report: { position: mysqlPosition, member: 'ONLINE' },
      variables: { group_replication_consistency: 'AFTER' },
    }),
    replica({ report: { position: mysqlPosition, member: 'ONLINE', lagMs: 60_000 } }),
  ],
  EVENTS_SKIPPED: [source(), replica({ variables: { slave_skip_errors: 'ALL' } })],
  UPDATES_NOT_LOGGED: [
    source(),
    replica({ variables: { log_slave_updates: 'OFF' } }),
    replica({ channels: [channel({ sourceId: '2' })] }, 'replica-2', '3'),
  ],
  SETTINGS_UNKNOWN: [source({ variables: { binlog_do_db: undefined as unknown as string } }), replica()],
};

/** A log that has heard these snapshots, one after another. */
function logged(...snapshots: ClusterSnapshot[]) {
  const { log, lines } = makeMemoryLog();
  let tell: (snapshot: ClusterSnapshot) => void = () => undefined;
  logProblems(
    {
      subscribe: (listener) => {
        tell = listener;
        return () => undefined;
      },
    },
    log,
  );
  for (const snapshot of snapshots) tell(judgeBlind(snapshot));
  return lines;
}

describe('the log of a start', () => {
  it.each(Object.entries(shown))('names %s with its setting and its cure', (code, snapshot) => {
    const problems = findProblems(judgeBlind(snapshot));
    expect(problems.map((problem) => problem.code)).toContain(code);
    const lines = logged(snapshot);
    expect(lines.map(({ level, msg, problem }) => ({ level, msg, problem }))).toEqual(
      problems.map((problem) => ({ level: 'warn', msg: problemInWords(problem), problem })),
    );
    for (const { message, variable, value, cure } of problems) {
      const line = lines.find(({ msg }) => msg.startsWith(message))?.msg;
      if (variable !== null) expect(line).toContain(`(${variable}=${value ?? 'unknown'})`);
      if (cure !== null) expect(line).toContain(`Cure: ${cure}`);
    }
  });

  it('says nothing of servers that are well', () => {
    expect(logged([source(), replica()])).toEqual([]);
  });
});

describe('the log later on', () => {
  const filtered = () => [source(), replica({ channels: [channel({ filters: { Replicate_Ignore_DB: 'orders' } })] })];

  it('says a problem once, however often the servers are probed', () => {
    expect(logged(filtered(), filtered(), filtered())).toHaveLength(1);
  });

  it('says that it is gone, and says it anew when it is back', () => {
    const lines = logged(filtered(), [source(), replica()], filtered());
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'info', 'warn']);
    expect(lines[1]?.msg).toBe('a problem is no longer seen');
  });

  it('says it anew when its value is another one', () => {
    const of = (value: string) => [source(), replica({ variables: { slave_skip_errors: value } })];
    expect(logged(of('1062'), of('ALL')).map(({ level }) => level)).toEqual(['warn', 'warn', 'info']);
  });
});
