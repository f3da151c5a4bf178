import { describe, expect, it } from 'vitest';
import type {
  ClusterDetails,
  ClusterHappening,
  NodeDetails,
} from '../../../src/dashboard/cluster/cluster-documents.ts';
import { keptSeconds, noHistory, withProbe } from '../../../src/dashboard/cluster/lag-history.ts';
import { mergeEvents } from '../../../src/dashboard/cluster/merge-events.ts';
import { positionInShort } from '../../../src/dashboard/cluster/node-words.ts';
import { situation } from '../../../src/dashboard/cluster/situation.ts';

const replica: NodeDetails = {
  name: 'replica-1',
  state: 'HEALTHY',
  trouble: null,
  role: 'REPLICA',
  configuredRole: 'REPLICA',
  position: '0-1-5',
  lagMs: 1000,
  lagTransactions: 7,
  applier: 'RUNNING',
  ageMs: 10,
};
const source: NodeDetails = { ...replica, name: 'source', role: 'SOURCE', lagMs: null, lagTransactions: null };
const cluster: ClusterDetails['cluster'] = {
  verdict: 'HEALTHY',
  epoch: 1,
  source: 'source',
  reads: true,
  writes: true,
  redis: null,
  nodes: [source, replica],
  problems: [],
  mirror: null,
};
const mirror = {
  state: 'CAUGHT_UP',
  waiting: 0,
  parked: 0,
  oldestAgeMs: null,
  lastComparedAt: null,
  mismatches: 0,
} as const;

describe('the lag of replicas', () => {
  it('is kept look by look, without those that are none', () => {
    const history = withProbe(withProbe(noHistory, 1, [source, replica]), 2, [source, { ...replica, lagMs: 0 }]);
    expect(history).toEqual({
      timesS: [1, 2],
      lines: [{ node: 'replica-1', seconds: [1, 0], transactions: [7, 7] }],
    });
  });

  it('has a gap while a replica does not answer, and before it was seen first', () => {
    const away: NodeDetails = { ...replica, role: null, lagMs: null, lagTransactions: null };
    let history = withProbe(noHistory, 1, [source, replica]);
    history = withProbe(history, 2, [source, away, { ...replica, name: 'replica-2', lagMs: 1000 }]);
    expect(history.lines).toEqual([
      { node: 'replica-1', seconds: [1, null], transactions: [7, null] },
      { node: 'replica-2', seconds: [null, 1], transactions: [null, 7] },
    ]);
  });

  it('is forgotten after a while', () => {
    let history = noHistory;
    for (let refetch = 0; refetch < keptSeconds + 50; refetch += 1) history = withProbe(history, refetch, [replica]);
    expect([history.timesS.length, history.timesS[0], history.lines[0]?.seconds.length]).toEqual([301, 49, 301]);
  });
});

describe('the situation', () => {
  const texts = (...given: Parameters<typeof situation>) => situation(...given).map(({ text }) => text);

  it('does not say that reads are spread over replicas that are late', () => {
    const late = { ...replica, lagMs: 11_000, lagTransactions: 97 };
    const said = (nodes: readonly NodeDetails[]) => texts({ ...cluster, nodes }, null);
    expect(said([source, late])).toEqual([
      'replica-1 is 11 s late, 97 transactions behind: clients that have seen newer data are served by source.',
      'Writes go to source.',
    ]);
    expect(said([source, late, { ...replica, name: 'replica-2' }])).toContain('Reads go to replica-2.');
    expect(said([source, replica, { ...replica, name: 'replica-2' }])).toContain(
      'Reads are spread over replica-1 and replica-2.',
    );
  });

  it('does not miss replicas where none are set up', () => {
    expect(texts({ ...cluster, nodes: [source] }, null)).toContain('There are no replicas: source serves all reads.');
  });

  it('says where writes and reads go when all is well', () => {
    expect(texts(cluster, null)).toEqual(['Writes go to source.', 'Reads go to replica-1.']);
  });

  it('puts the worst first', () => {
    const down: NodeDetails = { ...replica, state: 'DOWN', role: null, trouble: 'refused the connection' };
    const remarks = situation({ ...cluster, nodes: [source, down], mirror: { ...mirror, parked: 2 } }, null);
    expect(remarks.map(({ level }) => level)).toEqual(['warn', 'warn', 'warn', 'good']);
    expect(remarks.map(({ text }) => text)).toEqual([
      'replica-1 is down: refused the connection',
      '2 changes could not be applied to the backup and are parked.',
      'No replica is healthy: source serves all reads, within its budget.',
      'Writes go to source.',
    ]);
  });

  it('tells of a late backup, and of what differed in it', () => {
    const late = { ...mirror, state: 'BEHIND', waiting: 12, mismatches: 3 };
    expect(texts({ ...cluster, mirror: late }, null).slice(0, 2)).toEqual([
      'The backup is behind: 12 changes wait for it.',
      '3 records of the backup differed in the last comparison.',
    ]);
  });

  it('tells when jobs cannot be reached, and when some were given up', () => {
    const jobs = { available: false, trouble: 'Redis does not answer', queues: null };
    expect(texts(cluster, jobs)[0]).toBe('Background jobs are unavailable: Redis does not answer.');
    const queue = { kind: 'RECHECK_ORDERS', waiting: 0, active: 0, delayed: 0, dead: 4, workers: 1 };
    expect(texts(cluster, { available: true, trouble: null, queues: [queue] })[0]).toBe(
      'Background jobs gave up on 4 orders.',
    );
  });
});

describe('events', () => {
  const event = (at: string, name = 'NODE_DOWN'): ClusterHappening => ({
    name,
    severity: 'WARN',
    at,
    node: 'replica-1',
    description: 'A server does not answer.',
    facts: [],
  });

  it('come newest first and each once, whether told or asked for', () => {
    const known = [event('2026-01-01T00:00:02.000Z'), event('2026-01-01T00:00:01.000Z')];
    const more = [event('2026-01-01T00:00:03.000Z', 'NODE_RESTORED'), event('2026-01-01T00:00:02.000Z')];
    expect(mergeEvents(known, more, 10).map(({ at }) => at.slice(18, 19))).toEqual(['3', '2', '1']);
    expect(mergeEvents(known, more, 2)).toHaveLength(2);
  });
});

it('a long position is shown by its end', () => {
  expect(positionInShort('0-1-442')).toBe('0-1-442');
  expect(positionInShort(`${'a'.repeat(40)}:1-99`)).toMatch(/^…a+:1-99$/);
});
