/** Small rules over the picture of all nodes, row by row. */
import { describe, expect, it } from 'vitest';
import { clusterHealth, withProblems } from '../../../src/cluster/cluster-health.ts';
import {
  backups,
  canServe,
  describeStatus,
  isAble,
  isBlind,
  isDecided,
  isSeen,
  lastSource,
  replicas,
  statusOf,
  takesOrders,
} from '../../../src/cluster/cluster-snapshot.ts';
import { concludeFrom, isEventful } from '../../../src/cluster/conclusions.ts';
import type { NodeRole } from '../../../src/cluster/node.ts';
import { type NodeStatus, nodeStates, type ProbeReport, unseen } from '../../../src/cluster/node-status.ts';
import { isOfEpoch, presentEpoch } from '../../../src/cluster/present-epoch.ts';
import type { Problem } from '../../../src/cluster/problem.ts';
import { readsServedBy } from '../../../src/cluster/reads-served-by.ts';
import { seenFlavour } from '../../../src/cluster/seen-flavour.ts';
import { at, makeNode, makeReport } from '../../support/scripted-probe.ts';
import { mysqlPosition } from './problems/seen.ts';

type Given = Omit<Partial<NodeStatus>, 'report'> & {
  readonly report?: Partial<ProbeReport>;
  readonly priority?: number;
};

function status(name: string, role: NodeRole, { report = {}, priority = 1, ...given }: Given = {}): NodeStatus {
  const node = makeNode(name, { configuredRole: role, priority });
  const reported = makeReport(role === 'SOURCE' ? 'SOURCE' : 'REPLICA', { identity: name, ...report });
  return { ...unseen(node), state: 'HEALTHY', role, report: reported, position: at(5), trouble: null, ...given };
}
const source = (given?: Given) => status('source', 'SOURCE', { tookWrites: true, ...given });
const replica = (name = 'a', given?: Given) => status(name, 'REPLICA', given);
const backup = (given?: Given) => status('backup', 'BACKUP', given);
const gone = { state: 'DOWN', failures: 2 } as const;
const fault = (kind: 'TABLE_MISSING' | 'TABLE_SILENT') => ({
  report: { unable: [{ kind, table: 'orders', code: null, cure: null }] },
});

const unread = { epochsUnread: { kind: 'TABLE_BROKEN', table: 'cluster_epochs', code: null, cure: null } } as const;

describe('a node', () => {
  it.each(nodeStates)('that is %s is seen when it answers', (state) => {
    expect(isSeen(replica('a', { state }))).toBe(['HEALTHY', 'DEGRADED'].includes(state));
  });

  it.each<[string, Given, boolean, boolean]>([
    ['that is well', {}, true, true],
    ['that lacks a table', fault('TABLE_MISSING'), false, false],
    ['whose table is slow', fault('TABLE_SILENT'), false, true],
    ['with transactions of its own', { errant: ['0-7-1'] }, false, true],
    ['that is gone', gone, false, true],
  ])('%s can serve: %s, and is able: %s', (_, given, serves, able) => {
    const one = replica('a', given);
    expect([canServe(one), isAble(one)]).toEqual([serves, able]);
  });

  it.each<[string, Given, boolean]>([
    ['is well', {}, true],
    ['lacks a table', fault('TABLE_MISSING'), false],
    [
      'cannot write what each order needs',
      { report: { unwritable: [{ stops: true }] as unknown as NonNullable<ProbeReport['unwritable']> } },
      false,
    ],
    [
      'cannot write something else',
      { report: { unwritable: [{ stops: false }] as unknown as NonNullable<ProbeReport['unwritable']> } },
      true,
    ],
  ])('that leads and %s takes orders: %s', (_, given, expected) => {
    expect(takesOrders(source(given))).toBe(expected);
  });

  it('is described with what is wrong', () => {
    expect(describeStatus(replica())).toBe('a HEALTHY');
    expect(describeStatus(replica('a', { ...gone, trouble: 'refused' }))).toBe('a DOWN (refused)');
  });
});

describe('the nodes', () => {
  const all = [source(), replica('a'), replica('b'), backup()];
  it('are found by name and by role', () => {
    expect(statusOf(all, 'b')).toBe(all[2]);
    expect(statusOf(all, 'c')).toBeUndefined();
    expect(replicas(all)).toEqual([all[1], all[2]]);
    expect(backups(all)).toEqual([all[3]]);
    expect(lastSource(all)).toBe(all[0]);
    expect(lastSource([replica()])).toBeUndefined();
  });

  it.each<[string, readonly NodeStatus[], boolean]>([
    ['all but the backup were seen', [source(), replica(), backup({ state: 'UNKNOWN' })], true],
    ['one was not', [source(), replica('a', { state: 'UNKNOWN' })], false],
    ['one is gone', [source(), replica('a', gone)], true],
  ])('are decided upon when %s: %#', (_, snapshot, expected) => {
    expect(isDecided(snapshot)).toBe(expected);
  });

  it.each<[string, readonly NodeStatus[], boolean]>([
    ['the source says nothing', [source({ blind: 'GTID_MODE_OFF' }), replica()], true],
    ['a source that is gone said nothing', [source({ ...gone, blind: 'GTID_MODE_OFF' }), replica()], true],
    ['only a replica says nothing', [source(), replica('a', { blind: 'GTID_MODE_OFF' })], false],
    ['there never was a source', [replica('a', { blind: 'GTID_MODE_OFF' })], false],
  ])('are blind when %s', (_, snapshot, expected) => {
    expect(isBlind(snapshot)).toBe(expected);
  });

  it.each<[string, readonly NodeStatus[], string | null]>([
    [
      'of those that were seen',
      [{ ...replica(), report: null }, replica('b', { report: { position: mysqlPosition } })],
      'mysql',
    ],
    ['not of the backup', [backup({ report: { position: mysqlPosition } }), source()], 'mariadb'],
    ['none while no server was', [{ ...replica(), report: null }, backup()], null],
  ])('have a flavour: %s', (_, snapshot, expected) => {
    expect(seenFlavour(snapshot)).toBe(expected);
  });
});

describe('reads are served', () => {
  it.each<[string, readonly NodeStatus[], string, readonly string[]]>([
    [
      'by the replicas of the lowest number',
      [source(), replica('a', { priority: 2 }), replica('b')],
      'PREFERRED',
      ['b'],
    ],
    ['by all of those', [source(), replica('a'), replica('b')], 'PREFERRED', ['a', 'b']],
    [
      'by the others when they are gone',
      [source(), replica('a', gone), replica('b', { priority: 2 })],
      'FALLBACK',
      ['b'],
    ],
    ['by the source when no replica is left', [source(), replica('a', gone)], 'FALLBACK', ['source']],
    ['by the source where there is none', [source()], 'PREFERRED', ['source']],
    ['by no server', [source(gone), replica('a', gone), backup()], 'NONE', []],
    ['by no server yet', [source(gone), replica('a', { state: 'UNKNOWN' })], 'UNDECIDED', []],
    [
      'by the source as long as a replica was not seen',
      [source(), replica('a', { state: 'UNKNOWN' })],
      'UNDECIDED',
      ['source'],
    ],
    [
      'by the source, whether the backup was seen or not',
      [source(), replica('a', gone), backup({ state: 'UNKNOWN' })],
      'FALLBACK',
      ['source'],
    ],
  ])('%s', (_, snapshot, kind, nodes) => {
    expect(readsServedBy(snapshot, 0)).toEqual({ kind, nodes });
  });
});

describe('what changes', () => {
  const before = replica();
  it.each<[string, Partial<NodeStatus>, boolean]>([
    ['a state', { state: 'DOWN' }, true],
    ['a report', { report: makeReport('REPLICA') }, true],
    ['a failure', { failures: 1 }, true],
    ['a position alone', { position: at(9) }, false],
  ])('is eventful: %s', (_, change, expected) => {
    expect(isEventful(before, { ...before, ...change })).toBe(expected);
  });

  const epochs = (...numbers: number[]) => ({
    report: { epochs: numbers.map((epoch) => ({ epoch, sourceId: 'source', endOfPrevious: null })) },
  });
  it.each<[string, Partial<ProbeReport>, Partial<ProbeReport>, boolean]>([
    ['the record of the source cannot be read, and never was', { epochs: null, ...unread }, epochs(1).report, false],
    ['the same, though a replica tells of a later epoch', { epochs: null, ...unread }, epochs(1, 2).report, false],
    ['it cannot be read any more', { ...epochs(1).report, ...unread }, epochs(1).report, true],
    ['the source keeps none', { epochs: null }, { epochs: null }, true],
    ['the replica’s cannot be read, of the first epoch', epochs(1).report, { epochs: null, ...unread }, true],
    ['the replica’s cannot be read, of a later epoch', epochs(1, 2).report, { epochs: null, ...unread }, false],
  ])('a replica may serve sessions when %s', (_, ofSource, ofReplica, expected) => {
    const snapshot = [source({ report: ofSource }), replica('a', { report: ofReplica })];
    const [, one] = snapshot;
    expect(one !== undefined && isOfEpoch(one, presentEpoch(snapshot))).toBe(expected);
  });

  it('has those probed that lack an epoch which one has told of, once', () => {
    const earlier = [source(epochs(1)), replica('a', epochs(1)), replica('b', epochs(1))];
    const heard = [source(epochs(1, 2)), replica('a', epochs(1)), replica('b', epochs(1, 2))];
    expect(concludeFrom(heard, { changed: 'source', earlier }).probe).toEqual(['a']);
    expect(concludeFrom(heard, { changed: 'source', earlier: heard }).probe).toEqual([]);
  });
});

describe('the verdict with what is wrong beside the servers', () => {
  const problem: Problem = {
    code: 'REDIS_UNAVAILABLE',
    node: null,
    message: 'm',
    variable: null,
    value: null,
    cure: null,
  };
  const well = clusterHealth([source(), replica()], 0);
  it('is the same without anything', () => {
    expect(withProblems(well, [])).toBe(well);
  });

  it('keeps a worse one, and adds the problem', () => {
    const down = clusterHealth([source(gone), replica()], 0);
    expect(withProblems(down, [problem])).toMatchObject({ verdict: 'DOWN', problems: [...down.problems, problem] });
    expect(withProblems(well, [problem]).problems).toContain(problem);
  });
});
