import { describe, expect, it } from 'vitest';
import type { Channel } from '../../../src/cluster/channel.ts';
import { decideRoles, type Server, type Standing } from '../../../src/cluster/roles.ts';
import type { EpochHistory } from '../../../src/consistency/epoch.ts';

const channelFrom = (source: string): Channel => ({
  name: source,
  sourceId: source,
  host: source,
  port: 3306,
  receiving: true,
  applying: true,
  delayMs: 0,
  lagMs: 0,
  error: null,
});

type Given = Partial<Omit<Server, 'channels' | 'name' | 'epochs'>> & {
  readonly follows?: readonly string[];
  /** The newest epoch of its record, and the server that it names. */
  readonly epoch?: readonly [epoch: number, sourceId: string];
};

const record = (epoch: number, sourceId: string): EpochHistory => [{ epoch, sourceId, endOfPrevious: null }];

/** Known by its name in every way; refuses writes unless told. */
const server = (name: string, { follows = [], epoch, ...given }: Given = {}): Server => ({
  name,
  configuredRole: name === 'source' ? 'SOURCE' : 'REPLICA',
  id: name,
  addresses: [{ host: name, port: 3306 }],
  channels: follows.map(channelFrom),
  presence: 'THERE',
  commits: false,
  group: null,
  epochId: name,
  epochs: epoch === undefined ? null : record(...epoch),
  hasWrites: false,
  writability: null,
  ...given,
});

const writable = (name: string, given: Given = {}) => server(name, { commits: true, ...given });
const since = (given: Partial<NonNullable<Server['writability']>>) => ({
  writability: { sinceMs: 0, flipped: false, besideSource: false, following: [], ...given },
});
const away = { presence: 'AWAY' } as const;
const pair = (source: Given, a: Given) => [
  server('source', { follows: ['a'], ...source }),
  server('a', { follows: ['source'], ...a }),
];
const follower: Given = { commits: true, follows: ['source'] };
const primary: Given = { commits: true, group: 'g' };

type Expected = Standing['role'] | Partial<Standing>;
const writableBy = (isDoubtful: boolean, ...follows: string[]) => ({
  role: 'REPLICA' as const,
  writableReplica: { follows, isDoubtful },
});

describe('the standing of each server:', () => {
  it.each<[what: string, servers: readonly Server[], expected: Readonly<Record<string, Expected>>]>([
    // Who replicates whom.
    [
      'a source and its replica, in no ring',
      [writable('source'), server('a', { follows: ['source'] })],
      {
        source: { role: 'SOURCE', ring: [], channels: [], writableReplica: null },
        a: { role: 'REPLICA', ring: [], channels: [channelFrom('source')], writableReplica: null },
      },
    ],
    [
      'a source that replicates its backup',
      [writable('source', { follows: ['store'] }), writable('store', { configuredRole: 'BACKUP' })],
      { source: 'SOURCE', store: 'BACKUP' },
    ],
    [
      'a pair that accepts writes on both sides',
      pair({ commits: true }, { commits: true }),
      { source: { role: 'SOURCE', ring: ['a', 'source'] }, a: { role: 'SOURCE', ring: ['source', 'a'] } },
    ],
    [
      'a pair with one active server',
      pair({ commits: true }, {}),
      { source: { role: 'SOURCE', ring: [] }, a: 'REPLICA' },
    ],
    [
      'a pair whose other server is unreachable',
      pair({ commits: true }, { commits: true, ...away }),
      { source: { role: 'SOURCE', ring: [] } },
    ],
    [
      'a channel from outside beside one from the source',
      [writable('source'), server('a', { follows: ['outside', 'source'] })],
      { a: { role: 'REPLICA', channels: [channelFrom('source')] } },
    ],
    [
      'only a channel from outside',
      [server('a', { follows: ['outside'] })],
      { a: { channels: [channelFrom('outside')] } },
    ],
    // A writable replica.
    [
      'one beside its source',
      [writable('source'), writable('a', { follows: ['source'] })],
      { a: writableBy(false, 'source') },
    ],
    [
      'one that replicates two servers, of which one accepts writes',
      [
        server('passive'),
        writable('source'),
        writable('a', { ...follower, follows: ['passive', 'source', 'outside'] }),
      ],
      { a: writableBy(false, 'passive', 'source', 'outside:3306') },
    ],
    [
      'one whose source is unreachable',
      [writable('source', away), writable('a', follower)],
      { a: writableBy(true, 'source') },
    ],
    [
      'one whose source has just lost a connection',
      [writable('source', { presence: 'BLINKED' }), writable('a', follower)],
      { a: writableBy(false, 'source') },
    ],
    [
      'one that was promoted by hand, below a source that refuses',
      [server('source'), writable('a', follower)],
      { a: 'SOURCE' },
    ],
    [
      'one that was writable beside its source, which refuses now',
      [server('source'), writable('a', { ...follower, ...since({ besideSource: true }) })],
      { a: writableBy(true, 'source') },
    ],
    // The source is unreachable.
    [
      'one that became writable since',
      [writable('source', away), writable('a', { ...follower, ...since({ flipped: true }) })],
      { a: 'SOURCE' },
    ],
    [
      'one that became writable beside its source',
      [writable('source', away), writable('a', { ...follower, ...since({ flipped: true, besideSource: true }) })],
      { a: 'REPLICA' },
    ],
    [
      'one that is neither named nor became writable',
      [writable('source', away), writable('a', { ...follower, ...since({}) })],
      { a: 'REPLICA' },
    ],
    [
      'one that has the writes',
      [writable('source', away), writable('a', { ...follower, hasWrites: true })],
      { a: 'SOURCE' },
    ],
    [
      'one that the newest epoch names',
      [writable('source', { ...away, epoch: [1, ''] }), writable('a', { ...follower, epoch: [2, 'a'] })],
      { a: 'SOURCE' },
    ],
    [
      'one that its own epoch names, while another server knows a newer one',
      [writable('source', away), writable('a', { ...follower, epoch: [2, 'a'] }), server('b', { epoch: [3, 'b'] })],
      { a: 'REPLICA' },
    ],
    [
      'one that the newest epoch names, while another server has the writes',
      [writable('source', away), writable('a', { ...follower, epoch: [2, 'a'] }), writable('b', { hasWrites: true })],
      { a: 'REPLICA' },
    ],
    [
      'one with an empty record',
      [writable('source', away), { ...writable('a', follower), epochs: [] }],
      { a: 'REPLICA' },
    ],
    // Two that accept writes, one of them a replica of the other.
    [
      'the promoted one, whose source has returned with an older epoch',
      [writable('source', { epoch: [1, ''] }), writable('a', { ...follower, epoch: [2, 'a'] })],
      { source: 'SOURCE', a: 'SOURCE' },
    ],
    [
      'the promoted one, if only one of the two that it replicates is of an older epoch',
      [
        writable('source', { epoch: [1, ''] }),
        writable('b', { epoch: [2, 'a'] }),
        writable('a', { commits: true, follows: ['source', 'b'], epoch: [2, 'a'] }),
      ],
      { a: 'REPLICA' },
    ],
    [
      'the one with the writes, which replicated the other before',
      [writable('source'), writable('a', { ...follower, hasWrites: true, ...since({ following: ['source:3306'] }) })],
      { a: 'SOURCE' },
    ],
    [
      'the one with the writes, which replicates one more server now',
      [
        writable('source'),
        writable('b'),
        writable('a', {
          commits: true,
          follows: ['source', 'b'],
          hasWrites: true,
          ...since({ following: ['source:3306'] }),
        }),
      ],
      { a: 'REPLICA' },
    ],
    // The configured source, which replicates a server that nobody knows.
    ['the configured one, at a start', [writable('source', { follows: ['outside'] })], { source: 'SOURCE' }],
    ['one that is not configured so', [writable('a', { follows: ['outside'] })], { a: 'REPLICA' }],
    [
      'the configured one, while another has the writes',
      [writable('source', { follows: ['outside'] }), server('a'), writable('b', { hasWrites: true })],
      { source: 'REPLICA' },
    ],
    [
      'the configured one, after a promotion that another server has heard of',
      [writable('source', { follows: ['outside'] }), server('a', { epoch: [2, 'b'] }), server('b', { epoch: [1, ''] })],
      { source: 'REPLICA' },
    ],
    [
      'the configured one, which the newest epoch of another server names',
      [writable('source', { follows: ['outside'] }), server('a', { epoch: [2, 'source'] })],
      { source: 'SOURCE' },
    ],
    [
      'the configured one, with an empty record',
      [{ ...writable('source', { follows: ['outside'] }), epochs: [] }],
      { source: 'SOURCE' },
    ],
    // Groups of primaries.
    [
      'the configured primary, wherever it stands',
      [server('a', primary), server('source', primary)],
      { a: 'REPLICA', source: 'SOURCE' },
    ],
    [
      'the primary that has the writes',
      [server('source', primary), server('a', { ...primary, hasWrites: true })],
      { source: 'REPLICA', a: 'SOURCE' },
    ],
    [
      'two groups, which have one source each',
      [server('a', primary), server('b', { ...primary, group: 'h' })],
      { a: 'SOURCE', b: 'SOURCE' },
    ],
  ])('%s', (_, servers, expected) => {
    const standings = decideRoles(servers);
    const found = Object.fromEntries(Object.keys(expected).map((name) => [name, standings.get(name)]));
    const wanted = Object.entries(expected).map(([name, each]) => [
      name,
      typeof each === 'string' ? { role: each } : each,
    ]);
    expect(found).toMatchObject(Object.fromEntries(wanted));
  });
});
