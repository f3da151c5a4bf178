import { describe, expect, it } from 'vitest';
import type { ClusterSnapshot } from '../../../src/cluster/cluster-snapshot.ts';
import type { NodeRole } from '../../../src/cluster/node.ts';
import { type NodeStatus, type ProbeReport, unseen } from '../../../src/cluster/node-status.ts';
import type { EpochHistory } from '../../../src/consistency/epoch.ts';
import {
  answeringBackups,
  answeringReplicas,
  asksPositions,
  candidates,
  isBetweenEpochs,
  usableSource,
  whyNoReplica,
  worthWaitingFor,
} from '../../../src/routing/read-candidates.ts';
import type { RoutedRead } from '../../../src/routing/route-request.ts';
import { at, makeNode, makeReport } from '../../support/scripted-probe.ts';

type Given = Omit<Partial<NodeStatus>, 'report'> & { readonly report?: Partial<ProbeReport> };

function status(name: string, role: NodeRole, { report = {}, ...given }: Given = {}): NodeStatus {
  const node = makeNode(name, { configuredRole: role });
  const reported = makeReport(role === 'SOURCE' ? 'SOURCE' : 'REPLICA', { identity: name, ...report });
  const tookWrites = role === 'SOURCE';
  return { ...unseen(node), state: 'HEALTHY', role, report: reported, position: at(5), tookWrites, ...given };
}
const replica = (name: string, given?: Given) => status(name, 'REPLICA', given);
const source = (given?: Given) => status('source', 'SOURCE', given);
const gone = { state: 'DOWN', failures: 2 } as const;
const heard = (...epochs: number[]): Given => ({
  report: { epochs: epochs.map((epoch) => ({ epoch, sourceId: 's', endOfPrevious: null })) as EpochHistory },
});
const silent: Given = { report: { unable: [{ kind: 'TABLE_SILENT', table: 'orders', code: null, cure: null }] } };
const lacking: Given = { report: { unable: [{ kind: 'TABLE_MISSING', table: 'orders', code: null, cure: null }] } };

const request = (given: Partial<RoutedRead> = {}): RoutedRead => ({
  level: 'SESSION',
  position: null,
  sourceOnly: null,
  maxStalenessMs: null,
  whenBehind: 'WAIT',
  waitMs: 50,
  observes: false,
  backupAllowed: false,
  excluded: new Set(),
  ...given,
});
const names = (statuses: readonly NodeStatus[]) => statuses.map(({ node }) => node.name);

describe('a read asks for positions', () => {
  it.each<[string, Partial<RoutedRead>, boolean]>([
    ['not when it asks for nothing', {}, false],
    ['not when it says that it does not observe', { observes: false }, false],
    ['when it must see a write', { position: at(1) }, true],
    ['when it has a bound', { maxStalenessMs: 0 }, true],
    ['when later reads must not fall behind it', { observes: true }, true],
  ])('%s', (_, given, expected) => {
    expect(asksPositions(request(given))).toBe(expected);
  });
});

describe('who may answer', () => {
  const asking = { position: at(1) };
  it.each<[string, ClusterSnapshot, Partial<RoutedRead>, readonly string[]]>([
    [
      'every replica, when nothing is asked for',
      [source(), replica('a'), replica('b', { blind: 'GTID_MODE_OFF' })],
      {},
      ['a', 'b'],
    ],
    [
      'no blind one, when a position is',
      [source(), replica('a'), replica('b', { blind: 'GTID_MODE_OFF' })],
      asking,
      ['a'],
    ],
    ['no one that has failed', [source(), replica('a'), replica('b')], { excluded: new Set(['a']) }, ['b']],
    [
      'no one of an older epoch, when a position is asked for',
      [source(heard(1, 2)), replica('a', heard(1)), replica('b', heard(1, 2))],
      asking,
      ['b'],
    ],
    ['one of an older epoch, when none is', [source(heard(1, 2)), replica('a', heard(1))], {}, ['a']],
  ])('is %s', (_, snapshot, given, expected) => {
    expect(names(candidates(snapshot, request(given), 0))).toEqual(expected);
  });

  it('are the least late ones where so many have to serve', () => {
    const late = (name: string, lagMs: number) => replica(name, { state: 'DEGRADED', isLate: true, report: { lagMs } });
    const snapshot = [source(), late('a', 9000), late('b', 7000)];
    expect([0, 1, 2].map((floor) => names(candidates(snapshot, request(), floor)))).toEqual([[], ['b'], ['b', 'a']]);
  });
});

describe('a replica is worth waiting for', () => {
  const member = { applier: 'NONE', member: 'ONLINE' } as const;
  it.each<[string, Given, readonly [boolean, boolean, boolean]]>([
    ['that replicates', {}, [true, true, true]],
    ['that is late', { isLate: true }, [false, true, true]],
    ['that is not a replica', { report: { applier: 'NONE' } }, [false, true, true]],
    ['that has stopped applying', { report: { applier: 'STOPPED' } }, [true, true, true]],
    ['that is one of several primaries', { report: member }, [true, true, true]],
    ['that left its group', { report: { ...member, member: 'OFFLINE' } }, [false, true, true]],
  ])('%s: beside a source, for reads that must not load it, and without one', (_, given, expected) => {
    const one = replica('a', given);
    const found = [
      worthWaitingFor([source(), one], [one], request()),
      worthWaitingFor([source(), one], [one], request({ whenBehind: 'FAIL' })),
      worthWaitingFor([source(gone), one], [one], request()),
    ];
    expect(found.map(({ length }) => length === 1)).toEqual(expected);
  });
});

describe('the source', () => {
  it.each<[string, NodeStatus, Partial<RoutedRead>, string | null]>([
    ['may be asked', source(), {}, 'source'],
    ['may be asked while a table is slow', source(silent), {}, 'source'],
    ['may not be asked for what it lacks', source(lacking), {}, null],
    ['may not be asked while it is gone', source(gone), {}, null],
    ['may not be asked by whom it has failed', source(), { excluded: new Set(['source']) }, null],
  ])('%s', (_, one, given, expected) => {
    expect(usableSource([one], request(given))?.node.name ?? null).toBe(expected);
  });
});

describe('between two epochs', () => {
  const asking = { position: at(1) };
  it.each<[string, ClusterSnapshot, Partial<RoutedRead>, boolean]>([
    [
      'is a read that finds only a server that does not know the newer',
      [source(gone), replica('a', heard(1)), { ...replica('b', heard(1, 2)), ...gone }],
      asking,
      true,
    ],
    [
      'is not a read that requires no position',
      [source(gone), replica('a', heard(1)), { ...replica('b', heard(1, 2)), ...gone }],
      {},
      false,
    ],
    [
      'is none while a replica of the newer answers',
      [source(gone), replica('a', heard(1)), replica('b', heard(1, 2))],
      asking,
      false,
    ],
    ['is none while there is a source', [source(heard(1, 2)), replica('a', heard(1))], asking, false],
    [
      'is none if no server answers',
      [source(gone), { ...replica('a', heard(1)), ...gone }, { ...replica('b', heard(1, 2)), ...gone }],
      asking,
      false,
    ],
    [
      'is none if all know the newest',
      [source(gone), replica('a', { blind: 'GTID_MODE_OFF', ...heard(1, 2) })],
      asking,
      false,
    ],
  ])('%s', (_, snapshot, given, expected) => {
    expect(isBetweenEpochs(snapshot, request(given), 0)).toBe(expected);
  });
});

describe('why there is no replica', () => {
  it.each<[string, ClusterSnapshot, string]>([
    ['none was configured', [source(), status('backup', 'BACKUP')], 'source-alone'],
    ['those that were are gone', [source(), replica('a', gone)], 'source-no-replica'],
    ['the one that was leads', [{ ...replica('a'), role: 'SOURCE' }], 'source-no-replica'],
  ])('%s', (_, snapshot, reason) => {
    expect(whyNoReplica(snapshot)).toBe(reason);
  });
});

describe.each([
  ['replicas', 'REPLICA', answeringReplicas],
  ['backups', 'BACKUP', answeringBackups],
] as const)('%s that answer', (_, role, answering) => {
  const one = (name: string, given?: Given) => status(name, role, given);
  it('are those that are seen, able and have not failed', () => {
    const snapshot = [
      source(),
      status('other', role === 'BACKUP' ? 'REPLICA' : 'BACKUP'),
      one('well'),
      one('degraded', { state: 'DEGRADED' }),
      one('slow', silent),
      one('gone', gone),
      one('unknown', { state: 'UNKNOWN' }),
      one('lacking', lacking),
      one('failed'),
    ];
    expect(names(answering(snapshot, request({ excluded: new Set(['failed']) })))).toEqual([
      'well',
      'degraded',
      'slow',
    ]);
  });
});
