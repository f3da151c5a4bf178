import { describe, expect, it } from 'vitest';
import { at } from '../../support/scripted-probe.ts';
import { type Says, Topology } from '../../support/topology.ts';

const source: Says = { writes: true };
const replica: Says = { follows: ['source'] };
const from = (...follows: string[]): Says => ({ follows });

type Roles = Readonly<Record<string, 'SOURCE' | 'REPLICA'>>;
type Case = readonly [what: string, says: Readonly<Record<string, Says>>, source: string | null, roles?: Roles];

/** What a process finds that starts now. */
const found: readonly Case[] = [
  ['a single server', { source }, 'source', { source: 'SOURCE' }],
  ['a source and its replicas', { source, a: replica, b: replica }, 'source', { a: 'REPLICA', b: 'REPLICA' }],
  ['a chain', { source, a: replica, b: from('a') }, 'source', { source: 'SOURCE', a: 'REPLICA', b: 'REPLICA' }],
  ['a pair, one active', { source: { writes: true, follows: ['a'] }, a: replica }, 'source', { a: 'REPLICA' }],
  ['a pair, the other one active', { source: from('a'), a: { ...replica, writes: true } }, 'a', { source: 'REPLICA' }],
  ['a ring of three, one writable', { source: from('b'), a: { ...replica, writes: true }, b: from('a') }, 'a'],
  [
    'a ring of two, both writable',
    { source: { writes: true, follows: ['a'], has: 5 }, a: { ...replica, writes: true, has: 9 } },
    'a',
    { source: 'SOURCE', a: 'SOURCE' },
  ],
  [
    'a ring of two, both writable, each with something that the other lacks',
    {
      source: { writes: true, follows: ['a'], position: at(5, 0) },
      a: { ...replica, writes: true, position: at(5, 1) },
    },
    'source',
  ],
  ['a replica with the settings of one that takes writes', { source: from('a'), a: { writes: true } }, 'a'],
  [
    'a replica that was promoted with STOP only',
    { source: { ...source, writes: false }, a: { ...replica, stopped: true, writes: true } },
    'a',
  ],
  ['a replica that was promoted with read_only only', { source: {}, a: { ...replica, writes: true } }, 'a'],
  [
    'two replicas made writable while the source is read-only, and nothing to show which is meant',
    { source: {}, a: { ...replica, writes: true }, b: { ...replica, writes: true } },
    null,
  ],
  ['replicas that are writable by mistake', { source, a: { ...replica, writes: true } }, 'source', { a: 'REPLICA' }],
  [
    'a chain that is writable by mistake',
    { source, a: { ...replica, writes: true }, b: { ...from('a'), writes: true } },
    'source',
    { source: 'SOURCE', a: 'REPLICA', b: 'REPLICA' },
  ],
  [
    'the end of a chain that is writable by mistake, behind one that is not',
    { source, a: replica, b: { ...from('a'), writes: true } },
    'source',
    { source: 'SOURCE', a: 'REPLICA', b: 'REPLICA' },
  ],
  [
    'a reader of storage that is shared',
    { source, a: { refusedBy: ['innodb_read_only'] } },
    'source',
    { a: 'REPLICA' },
  ],
  ['only a reader of storage that is shared', { source: {}, a: { refusedBy: ['innodb_read_only'] } }, null],
  ['a source that also follows another cluster', { source: { writes: true, follows: ['another'] } }, 'source'],
  [
    'a replica that follows another cluster as well, writable',
    { source, a: { writes: true, follows: ['source', 'another'] } },
    'source',
    { a: 'REPLICA' },
  ],
  [
    'a group with one primary',
    { source: {}, a: { writes: true, member: 'ONLINE', group: 'g' }, b: { member: 'ONLINE', group: 'g' } },
    'a',
    { source: 'REPLICA', a: 'SOURCE', b: 'REPLICA' },
  ],
  [
    'a group in which all are primaries',
    Object.fromEntries(['source', 'a', 'b'].map((name) => [name, { writes: true, member: 'ONLINE', group: 'g' }])),
    'source',
    { source: 'SOURCE', a: 'REPLICA', b: 'REPLICA' },
  ],
  [
    'a group in which all but the configured one are well',
    {
      source: { writes: true, member: 'RECOVERING', group: 'g' },
      a: { writes: true, member: 'ONLINE', group: 'g' },
      b: { writes: true, member: 'ONLINE', group: 'g' },
    },
    'a',
    { source: 'REPLICA', a: 'SOURCE', b: 'REPLICA' },
  ],
  [
    'the old source, which came back writable, beside one that was promoted and follows it',
    { source: { writes: true, epoch: [1, 'source'] }, a: { ...replica, writes: true, epoch: [2, 'a'] } },
    'a',
  ],
  [
    'a writable server that the record of an old promotion names, and that follows again',
    { source: { writes: true, epoch: [2, 'a'] }, a: { ...replica, writes: true, epoch: [2, 'a'] } },
    'source',
    { a: 'REPLICA' },
  ],
];

describe('who is the source, found at a start', () => {
  it.each(found.map(([what, says, expected, roles = {}]) => ({ what, says, expected, roles })))('$what', (given) => {
    const { says, expected, roles } = given;
    for (const order of [Object.entries(says), Object.entries(says).toReversed()]) {
      const topology = new Topology(Object.keys(says)).says(Object.fromEntries(order));
      // What was said before the others were known is said again.
      topology.says(Object.fromEntries(order));
      expect(topology.source).toBe(expected);
      expect(topology.roles).toMatchObject(roles);
    }
  });
});

describe('who is the source, when its servers change', () => {
  const start = (says: Readonly<Record<string, Says>>) => new Topology(Object.keys(says)).says(says).says(says);

  it('the passive one of a pair, when it is made the active one', () => {
    const pair = start({ source: { writes: true, follows: ['a'] }, a: replica });
    pair.says({ source: from('a') });
    expect(pair.source).toBeNull();
    expect(pair.says({ a: { ...replica, writes: true } }).source).toBe('a');
  });

  it('the active one of a pair, while the passive one is away', () => {
    const pair = start({ source: { writes: true, follows: ['a'] }, a: replica });
    expect(pair.dies('a').source).toBe('source');
    expect(pair.says({ source: { writes: true, follows: ['a'] } }).source).toBe('source');
  });

  it('the one that had the writes, in a pair of which both are writable for a while', () => {
    const pair = start({ source: { writes: true, follows: ['a'] }, a: replica });
    for (let turn = 0; turn < 4; turn += 1) {
      pair.says({ a: { ...replica, writes: true, has: 6 + turn }, source: { writes: true, follows: ['a'] } });
      expect(pair.source).toBe('source');
      expect(pair.health().problems.map(({ code, node }) => `${code} ${node}`)).toEqual(['SOURCE_CONFLICT a']);
    }
  });

  it('none, when the source of a replica dies that was writable all along', () => {
    const cluster = start({ source, a: { ...replica, writes: true } });
    cluster.says({ source }).dies('source');
    for (let probe = 0; probe < 3; probe += 1) cluster.says({ a: { ...replica, writes: true } });
    expect(cluster.source).toBeNull();
    expect(cluster.health().problems.map(({ code }) => code)).toContain('SOURCE_DOUBTFUL');
  });

  it('none, when that source refuses writes for a while', () => {
    const cluster = start({ source, a: { ...replica, writes: true } });
    cluster.says({ source }).says({ source: {}, a: { ...replica, writes: true } });
    expect(cluster.source).toBeNull();
    expect(cluster.says({ source }).source).toBe('source');
  });

  it('a writable replica, once its replication is stopped after the death of its source', () => {
    const cluster = start({ source, a: { ...replica, writes: true } });
    cluster
      .says({ source })
      .dies('source')
      .says({ a: { ...replica, writes: true, stopped: true } });
    expect(cluster.source).toBe('a');
  });

  it('a replica that becomes writable, and still follows, after the death of its source', () => {
    const cluster = start({ source, a: replica, b: replica }).dies('source');
    cluster.says({ a: { ...replica, writes: true } });
    expect(cluster.source).toBe('a');
    expect(cluster.says({ b: from('a') }).source).toBe('a');
  });

  it('the same, when it is seen to be writable before the source is seen to be dead', () => {
    const cluster = start({ source, a: replica });
    cluster.says({ a: { ...replica, writes: true } });
    expect(cluster.source).toBe('source');
    expect(cluster.dies('source').says({ a: { ...replica, writes: true } }).source).toBe('a');
  });

  it('the same, when the old source returns as if nothing had happened', () => {
    const cluster = start({ source, a: replica }).dies('source');
    cluster.says({ a: { ...replica, writes: true } }).says({ source });
    for (let probe = 0; probe < 3; probe += 1) cluster.says({ a: { ...replica, writes: true }, source });
    expect(cluster.source).toBe('a');
  });

  it('the new source, when the old one follows it before it refuses writes', () => {
    const cluster = start({ source, a: replica });
    cluster.says({ a: { writes: true }, source: { writes: true, follows: ['a'] } });
    expect(cluster.source).toBe('a');
    expect(cluster.roles).toEqual({ source: 'REPLICA', a: 'SOURCE' });
  });

  it('another one of a group of primaries, when the one with the writes dies, and that one from then on', () => {
    const primary: Says = { writes: true, member: 'ONLINE', group: 'g' };
    const group = start({ source: primary, a: primary, b: primary }).dies('source');
    expect(group.source).toBe('a');
    group.says({ source: primary, a: primary }).says({ source: primary });
    expect(group.source).toBe('a');
    expect(group.roles).toEqual({ source: 'REPLICA', a: 'SOURCE', b: 'REPLICA' });
    expect(group.health().problems).toEqual([]);
  });

  it('none, when the only one that commits in a shared storage is gone', () => {
    const cluster = start({ source, a: {} }).dies('source').says({ a: {} });
    expect([cluster.source, cluster.roles.a]).toEqual([null, 'REPLICA']);
  });
});
