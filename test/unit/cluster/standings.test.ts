import { describe, expect, it } from 'vitest';
import type { Channel } from '../../../src/cluster/channel.ts';
import { type NodeStatus, type ProbeReport, unseen } from '../../../src/cluster/node-status.ts';
import { channelsOf, mayReceive, standingWith, withRoles } from '../../../src/cluster/standings.ts';
import type { Writability } from '../../../src/cluster/writability.ts';
import { at, makeNode, makeReport } from '../../support/scripted-probe.ts';

const channel = (given: Partial<Channel> = {}): Channel => ({
  name: '',
  sourceId: 'source',
  host: 'source',
  port: 3306,
  receiving: true,
  applying: true,
  delayMs: 0,
  lagMs: 0,
  error: null,
  ...given,
});
const stopped = { receiving: false, applying: false, lagMs: null };

const sourceReport = makeReport('SOURCE', { identity: 'source', id: 'source', channels: [] });
const replicaReport = (given: Partial<ProbeReport> = {}) =>
  makeReport('REPLICA', { identity: 'replica', id: 'replica', channels: [channel()], ...given });

/** As a process knows a server that answers. */
const known = (name: string, report: ProbeReport | null, given: Partial<NodeStatus> = {}): NodeStatus => ({
  ...unseen(makeNode(name, { host: name })),
  state: 'HEALTHY',
  report,
  position: report?.position ?? null,
  asOfMs: 10,
  reportedMs: 11,
  ...given,
});

describe('what a report says of this cluster', () => {
  const source = known('source', sourceReport);
  const counted = (report: ProbeReport, beside = source) => {
    const status = known('replica', null);
    return standingWith([beside, status], status, report).report;
  };

  it.each<[string, Partial<Channel>]>([
    ['by its id, wherever it is configured to be', { host: 'elsewhere' }],
    ['by its address, before it was connected once', { sourceId: null }],
  ])('leaves out a stopped channel from outside, and knows the source %s', (_, given) => {
    const outside = channel({ name: 'outside', sourceId: '99', host: 'outside', ...stopped });
    const report = replicaReport({ channels: [channel(given), outside], applier: 'STOPPED', receiving: false });
    expect(counted(report)).toMatchObject({ applier: 'RUNNING', receiving: true, lagMs: 0 });
  });

  it('counts the replication of a group member as its group tells it', () => {
    const report = replicaReport({ group: 'g', member: 'ONLINE', channels: [channel(stopped)], applier: 'RUNNING' });
    expect(counted(report).applier).toBe('RUNNING');
  });

  it('takes the position that a source shows for that of the source alone', () => {
    const both = { position: at(9), asSource: at(7) };
    const writable = { ...sourceReport, ...both };
    expect(standingWith([source], source, writable).report.position).toEqual(at(7));
    expect(counted(replicaReport(both)).position).toEqual(at(9));
  });

  it('counts the report that has just arrived, and of all others the last', () => {
    const primary: Partial<ProbeReport> = { group: 'g', member: 'ONLINE', readOnly: false, channels: [] };
    const was = known('source', { ...sourceReport, ...primary }, { state: 'DOWN', failures: 3 });
    const other = known('replica', replicaReport({ ...primary, member: 'RECOVERING' }));
    expect(standingWith([was, other], was, { ...sourceReport, ...primary }).role).toBe('SOURCE');
  });
});

describe('the channels of a report', () => {
  const error = 'error 1062';
  it.each<[string, Partial<ProbeReport>, readonly Partial<Channel>[]]>([
    ['are those that it has', { channels: [channel()] }, [channel()]],
    ['are none if it is not a replica', { applier: 'NONE' }, []],
    ['are one of an unknown source where it only has the sum', { lagMs: 3 }, [{ applying: true, lagMs: 3 }]],
    ['are one that does not apply', { applier: 'STOPPED', replicationError: error }, [{ applying: false, error }]],
    ['are one that does not receive', { receiving: false }, [{ receiving: false }]],
  ])('%s', (_, given, expected) => {
    const unknown = { name: '', sourceId: null, host: '', port: 0, delayMs: 0 };
    const sum = { receiving: true, applying: true, lagMs: 0, error: null };
    const whole = given.channels ?? expected.map((each) => ({ ...unknown, ...sum, ...each }));
    expect(channelsOf(makeReport('REPLICA', given))).toEqual(whole);
  });
});

describe('a replica that accepts writes', () => {
  const writability = (sinceMs: number): Writability => ({
    sinceMs,
    flipped: false,
    besideSource: false,
    following: ['source:3306'],
  });
  const writable = known('replica', replicaReport({ readOnly: false }), { writability: writability(20) });
  const besideSource = (source: NodeStatus) => {
    const [, replica] = withRoles([source, writable]).snapshot;
    return [replica?.writability?.besideSource, replica?.writableReplica?.isDoubtful];
  };

  it.each<[string, Partial<NodeStatus>, beside: boolean, doubtful: boolean]>([
    ['was probed since', { asOfMs: 21 }, true, false],
    ['was probed before', { asOfMs: 20 }, false, false],
    ['was never probed', { asOfMs: null }, false, false],
    ['lost a connection since', { asOfMs: 21, state: 'DOWN', failures: 0 }, false, false],
    ['is unreachable', { asOfMs: 21, state: 'DOWN', failures: 1 }, false, true],
    ['answers late', { asOfMs: 21, state: 'DEGRADED' }, true, false],
  ])('is one beside its source when that %s', (_, given, beside, doubtful) => {
    expect(besideSource(known('source', sourceReport, { tookWrites: true, ...given }))).toEqual([beside, doubtful]);
  });

  it('is doubtful, and beside no source, when its source refuses writes', () => {
    const flipped = { ...writability(20), besideSource: true };
    const source = known('source', { ...sourceReport, readOnly: true }, { asOfMs: 21 });
    const [, replica] = withRoles([source, { ...writable, writability: flipped }]).snapshot;
    expect([replica?.role, replica?.writability, replica?.writableReplica?.isDoubtful]).toEqual([
      'REPLICA',
      flipped,
      true,
    ]);
  });

  it('is judged once: the same statuses stay the same', () => {
    const source = known('source', sourceReport, { role: 'SOURCE', asOfMs: 21 });
    const first = withRoles([source, { ...writable, role: 'SOURCE' }]);
    expect(first.changed).toEqual(['replica']);
    const again = withRoles(first.snapshot);
    expect(again.changed).toEqual([]);
    expect(again.snapshot).toBe(first.snapshot);
  });
});

it.each<[what: string, status: NodeStatus | undefined, mayReceive: boolean]>([
  ['is not configured', undefined, true],
  ['was not seen', known('a', null), true],
  ['replicates none', known('a', sourceReport), false],
  ['replicates none, as its sum says', known('a', makeReport('SOURCE')), false],
  ['replicates another', known('a', replicaReport()), true],
  ['has stopped replicating another', known('a', replicaReport({ channels: [channel(stopped)] })), true],
  ['is a member of a group', known('a', { ...sourceReport, member: 'ONLINE' }), true],
  ['is of a group in which all write', known('a', { ...sourceReport, group: 'g' }), true],
])('whether a server may receive transactions of others that %s', (_, status, expected) => {
  expect(mayReceive(status)).toBe(expected);
});
