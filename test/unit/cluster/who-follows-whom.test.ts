import { describe, expect, it } from 'vitest';
import type { Channel } from '../../../src/cluster/channel.ts';
import { type Following, sourceOfChannel, upstreamOf } from '../../../src/cluster/who-follows-whom.ts';

const channel = (given: Partial<Channel> = {}): Channel => ({
  name: '',
  sourceId: null,
  host: 'db',
  port: 1,
  receiving: true,
  applying: true,
  delayMs: 0,
  lagMs: 0,
  error: null,
  ...given,
});
const server = (name: string, port: number, given: Partial<Following> = {}): Following => ({
  name,
  id: String(port),
  addresses: [{ host: 'db', port }],
  channels: [],
  ...given,
});

describe('a channel leads', () => {
  const servers = [server('a', 1), server('b', 2), server('unseen', 3, { id: null })];
  it.each<[string, Partial<Channel>, readonly Following[], string | null]>([
    ['to the server that it names, wherever it was told to look', { sourceId: '2', port: 9 }, servers, 'b'],
    ['to the server at its address, while it names none', { port: 1 }, servers, 'a'],
    ['to a server that was not seen yet, at its address', { port: 3, sourceId: '77' }, servers, 'unseen'],
    ['to none, if another server has the address', { port: 1, sourceId: '77' }, servers, null],
    ['to none at another port', { port: 9 }, servers, null],
    ['to none on another host', { host: 'elsewhere', port: 1 }, servers, null],
    ['to the same host in other letters', { host: 'DB', port: 1 }, servers, 'a'],
    [
      'to this machine by either name',
      { host: 'localhost', port: 5 },
      [server('local', 5, { addresses: [{ host: '127.0.0.1', port: 5 }] })],
      'local',
    ],
    [
      'to the one at the address, of two with one id',
      { port: 2, sourceId: '1' },
      [server('a', 1, { id: '1' }), server('b', 2, { id: '1' })],
      'b',
    ],
  ])('%s', (_, given, all, expected) => {
    expect(sourceOfChannel(channel(given), all)?.name ?? null).toBe(expected);
  });
});

describe('what reaches a server', () => {
  const following = (port: number, given: Partial<Channel> = {}) => [channel({ sourceId: String(port), ...given })];
  const up = (servers: readonly Following[], name: string) => {
    const { servers: found, unknown } = upstreamOf(servers.find((one) => one.name === name) as Following, servers);
    return { found: [...found].map((one) => one.name), unknown: unknown.length };
  };

  it('comes over however many servers', () => {
    const chain = [
      server('a', 1),
      server('b', 2, { channels: following(1) }),
      server('c', 3, { channels: following(2) }),
    ];
    expect(up(chain, 'c')).toEqual({ found: ['b', 'a'], unknown: 0 });
    expect(up(chain, 'a')).toEqual({ found: [], unknown: 0 });
  });

  it('includes itself in a ring, and ends', () => {
    const ring = [server('a', 1, { channels: following(2) }), server('b', 2, { channels: following(1) })];
    expect(up(ring, 'a')).toEqual({ found: ['b', 'a'], unknown: 0 });
  });

  it('counts the channels that lead to no known server, wherever they are', () => {
    const chain = [
      server('a', 1, { channels: following(77) }),
      server('b', 2, { channels: [...following(1), ...following(78)] }),
    ];
    expect(up(chain, 'b')).toEqual({ found: ['a'], unknown: 2 });
  });

  it('is nothing over a channel of which both threads were stopped', () => {
    const stopped = { receiving: false, applying: false };
    const servers = [server('a', 1), server('b', 2, { channels: following(1, stopped) })];
    expect(up(servers, 'b')).toEqual({ found: [], unknown: 0 });
    const half = [server('a', 1), server('b', 2, { channels: following(1, { receiving: false }) })];
    expect(up(half, 'b')).toEqual({ found: ['a'], unknown: 0 });
  });
});
