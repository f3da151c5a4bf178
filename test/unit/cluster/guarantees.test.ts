import { describe, expect, it } from 'vitest';
import { judgeBlind } from '../../../src/cluster/blind-nodes.ts';
import { type Guarantee, guaranteesOf } from '../../../src/cluster/guarantees.ts';
import { afterFailedProbe } from '../../../src/cluster/health.ts';
import { type NodeStatus, unseen } from '../../../src/cluster/node-status.ts';
import { makeNode, makeReport } from '../../support/scripted-probe.ts';
import { channel, mysqlPosition, replica, source } from './problems/seen.ts';

const policy = { failureThreshold: 1, recoveryThreshold: 1, maxLagMs: 5000, minServingReplicas: 0 };
const answer = (guarantee: Guarantee, ...snapshot: NodeStatus[]) =>
  Object.fromEntries(
    guaranteesOf(judgeBlind(snapshot))
      .filter((found) => found.guarantee === guarantee)
      .map(({ node, holds }) => [node, holds]),
  );
const filters = { Replicate_Ignore_DB: 'orders' };
const waits = {
  rpl_semi_sync_master_wait_point: 'AFTER_SYNC',
  Rpl_semi_sync_master_status: 'ON',
  Rpl_semi_sync_master_clients: '1',
};
const unread = { epochsUnread: { kind: 'TABLE_BROKEN', table: 'cluster_epochs', code: null, cure: null } } as const;
const epochs = (...numbers: number[]) => ({
  epochs: numbers.map((epoch) => ({ epoch, sourceId: 'source', endOfPrevious: null })),
});
const unable = [{ kind: 'TABLE_MISSING', table: 'orders', code: null, cure: null }] as const;
const { Rpl_semi_sync_master_clients: _clients, ...unclear } = waits;
const seenWithout = ({ report, ...status }: NodeStatus): NodeStatus => {
  const { settings: _, ...others } = report ?? makeReport('REPLICA');
  return { ...status, report: others };
};
const semisync = { awaitsAcknowledgement: true };

describe('what is promised on a server', () => {
  it.each<[string, Guarantee, NodeStatus[], Record<string, string>]>([
    ['all is well', 'READ_YOUR_WRITES', [source(), replica()], { source: 'YES', 'replica-1': 'YES' }],
    [
      'a replica filters',
      'READ_YOUR_WRITES',
      [source(), replica({ channels: [channel({ filters })] })],
      { source: 'YES', 'replica-1': 'NO' },
    ],
    [
      'the source gives no numbers',
      'READ_YOUR_WRITES',
      [source({ variables: { gtid_mode: 'OFF' } }), replica()],
      { source: 'YES', 'replica-1': 'NO' },
    ],
    [
      'there is no source',
      'READ_YOUR_WRITES',
      [afterFailedProbe(source(), 'refused', policy), replica()],
      { source: 'UNKNOWN', 'replica-1': 'UNKNOWN' },
    ],
    [
      'the settings of a replica are unknown',
      'READ_YOUR_WRITES',
      [source(), { ...unseen(makeNode('replica-1')), failures: 1 }],
      { source: 'YES', 'replica-1': 'UNKNOWN' },
    ],
    [
      'a replica has not heard of the last promotion',
      'READ_YOUR_WRITES',
      [
        source({ report: epochs(1, 2) }),
        replica({ report: epochs(1) }),
        replica({ report: epochs(1, 2) }, 'replica-2'),
      ],
      { source: 'YES', 'replica-1': 'NO', 'replica-2': 'YES' },
    ],
    [
      'a replica lacks a table',
      'READ_YOUR_WRITES',
      [source(), replica({ report: { unable } })],
      { source: 'YES', 'replica-1': 'NO' },
    ],
    ['the source lacks one', 'READ_YOUR_WRITES', [source({ report: { unable } })], { source: 'NO' }],
    [
      'a second server takes writes',
      'READ_YOUR_WRITES',
      [source(), replica({ channels: [], report: { readOnly: false, applier: 'NONE' } })].map((status, index) => ({
        ...status,
        role: 'SOURCE' as const,
        tookWrites: index === 0,
      })),
      { source: 'YES', 'replica-1': 'NO' },
    ],
    [
      'a replica holds errant transactions',
      'READ_YOUR_WRITES',
      [source(), { ...replica(), errant: ['0-1-9'] }],
      { source: 'YES', 'replica-1': 'NO' },
    ],
    ['all is well', 'OWN_POSITIONS_KNOWN', [source()], { source: 'YES' }],
    [
      'the source is blind',
      'OWN_POSITIONS_KNOWN',
      [source({ variables: { binlog_ignore_db: 'orders' } }), replica()],
      { source: 'NO', 'replica-1': 'YES' },
    ],
    [
      'a replica filters',
      'OWN_POSITIONS_KNOWN',
      [source(), replica({ channels: [channel({ filters })] })],
      { source: 'YES', 'replica-1': 'YES' },
    ],
    [
      'a replica has no log, or numbers nothing',
      'OWN_POSITIONS_KNOWN',
      [source(), replica({ variables: { log_bin: '0' } }), replica({ variables: { gtid_mode: 'OFF' } }, 'replica-2')],
      { source: 'YES', 'replica-1': 'NO', 'replica-2': 'NO' },
    ],
    [
      'nobody knows how a replica is set up',
      'OWN_POSITIONS_KNOWN',
      [source(), seenWithout(replica())],
      { source: 'YES', 'replica-1': 'UNKNOWN' },
    ],
    [
      'nobody knows how a replica that answers is set up',
      'READ_YOUR_WRITES',
      [source(), seenWithout(replica())],
      { source: 'YES', 'replica-1': 'UNKNOWN' },
    ],
    [
      'a group agrees',
      'ACKNOWLEDGED_BEFORE_SHOWN',
      [source({ report: { position: mysqlPosition, member: 'ONLINE' } })],
      { source: 'YES' },
    ],
    [
      'it is unknown whether anybody acknowledges',
      'ACKNOWLEDGED_BEFORE_SHOWN',
      [source({ variables: unclear, report: semisync })],
      { source: 'UNKNOWN' },
    ],
    [
      'there is no source',
      'HISTORY_JUDGED',
      [afterFailedProbe(source(), 'refused', policy), replica({ report: epochs(1) })],
      { source: 'UNKNOWN', 'replica-1': 'UNKNOWN' },
    ],
    ['nothing is logged', 'OWN_POSITIONS_KNOWN', [source({ variables: { log_bin: 'OFF' } })], { source: 'NO' }],
    [
      'MySQL does not tell its mode',
      'OWN_POSITIONS_KNOWN',
      [source({ report: { position: mysqlPosition } })],
      { source: 'UNKNOWN' },
    ],
    [
      'a replica would give no numbers',
      'OWN_POSITIONS_KNOWN',
      [source(), replica({ variables: { gtid_mode: 'OFF_PERMISSIVE' } })],
      { source: 'YES', 'replica-1': 'NO' },
    ],
    [
      'commits wait before they show',
      'ACKNOWLEDGED_BEFORE_SHOWN',
      [source({ variables: waits, report: semisync })],
      { source: 'YES' },
    ],
    [
      'the source has given up waiting',
      'ACKNOWLEDGED_BEFORE_SHOWN',
      [source({ variables: { ...waits, Rpl_semi_sync_master_status: 'OFF' }, report: semisync })],
      { source: 'NO' },
    ],
    [
      'no replica acknowledges',
      'ACKNOWLEDGED_BEFORE_SHOWN',
      [source({ variables: { ...waits, Rpl_semi_sync_master_clients: '0' }, report: semisync })],
      { source: 'NO' },
    ],
    [
      'MySQL has given up waiting',
      'ACKNOWLEDGED_BEFORE_SHOWN',
      [
        source({
          variables: {
            rpl_semi_sync_source_wait_point: 'AFTER_SYNC',
            Rpl_semi_sync_source_status: 'OFF',
            Rpl_semi_sync_source_clients: '1',
          },
          report: semisync,
        }),
      ],
      { source: 'NO' },
    ],
    [
      'it is unknown whether they wait now',
      'ACKNOWLEDGED_BEFORE_SHOWN',
      [source({ variables: { rpl_semi_sync_master_wait_point: 'AFTER_SYNC' }, report: semisync })],
      { source: 'UNKNOWN' },
    ],
    [
      'commits wait after they show',
      'ACKNOWLEDGED_BEFORE_SHOWN',
      [source({ variables: { rpl_semi_sync_source_wait_point: 'AFTER_COMMIT' }, report: semisync })],
      { source: 'NO' },
    ],
    [
      'it is unknown when they wait',
      'ACKNOWLEDGED_BEFORE_SHOWN',
      [source({ report: semisync })],
      { source: 'UNKNOWN' },
    ],
    [
      'the log is in InnoDB',
      'ACKNOWLEDGED_BEFORE_SHOWN',
      [source({ variables: { ...waits, binlog_storage_engine: 'innodb' }, report: semisync })],
      { source: 'NO' },
    ],
    [
      'commits wait for no replica',
      'ACKNOWLEDGED_BEFORE_SHOWN',
      [source({ variables: waits, report: { awaitsAcknowledgement: false } })],
      { source: 'NO' },
    ],
    ['it is not reported whether they wait', 'ACKNOWLEDGED_BEFORE_SHOWN', [source()], { source: 'UNKNOWN' }],
    ['there is no record', 'HISTORY_JUDGED', [source()], { source: 'NO' }],
    [
      'the record cannot be read',
      'HISTORY_JUDGED',
      [source({ report: { epochs: null, ...unread } })],
      { source: 'UNKNOWN' },
    ],
    [
      'the record of the source was never read',
      'READ_YOUR_WRITES',
      [source({ report: { epochs: null, ...unread } }), replica({ report: epochs(1) })],
      { source: 'YES', 'replica-1': 'UNKNOWN' },
    ],
    [
      'the record of the source cannot be read any more',
      'READ_YOUR_WRITES',
      [source({ report: { ...epochs(1), ...unread } }), replica({ report: epochs(1) })],
      { source: 'YES', 'replica-1': 'YES' },
    ],
    [
      'there is one',
      'HISTORY_JUDGED',
      [source({ report: { epochs: [{ epoch: 1, sourceId: '', endOfPrevious: null }] } })],
      { source: 'YES' },
    ],
    [
      'the last promotion could not be recorded',
      'HISTORY_JUDGED',
      [
        { ...source({ report: epochs(1) }), epochTrouble: { epoch: 1, fault: unread.epochsUnread } },
        replica({ report: epochs(1) }),
      ],
      { source: 'NO', 'replica-1': 'NO' },
    ],
    [
      'a replica has not heard of the last promotion',
      'HISTORY_JUDGED',
      [source({ report: epochs(1, 2) }), replica({ report: epochs(1) })],
      { source: 'YES', 'replica-1': 'NO' },
    ],
  ])('when %s: %s', (_, guarantee, snapshot, expected) => {
    expect(answer(guarantee, ...snapshot)).toEqual(expected);
  });

  it('is nothing on the backup, and why is said for each', () => {
    const backup = unseen(makeNode('backup', { configuredRole: 'BACKUP' }));
    const all = guaranteesOf([source(), backup]);
    expect(all.map(({ node }) => node)).not.toContain('backup');
    expect(all.every(({ why }) => /^[A-Z].*\.$/.test(why))).toBe(true);
  });
});
