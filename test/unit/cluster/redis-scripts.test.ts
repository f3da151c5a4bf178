/** What leases, the board and the roll call ask of Redis and make of its answers; on Redis itself: test/integration/redis.test.ts. */
import { beforeEach, describe, expect, it } from 'vitest';
import { RedisLeases } from '../../../src/cluster/redis-leases.ts';
import { RedisStatusBoard } from '../../../src/cluster/redis-status-board.ts';
import { RollCall } from '../../../src/cluster/roll-call.ts';
import type { NodeWord } from '../../../src/cluster/status-board.ts';
import { MemoryRedis } from '../../support/memory-redis.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

type Asked = { readonly keys: readonly string[]; readonly values: readonly (string | number)[] };

let clock: TickingClock;
let asked: Asked[];
let calls: [string, ...(string | number)[]][];
let answer: unknown;
let patience: unknown[];
let heard: Map<string, (text: string) => void>;
let redis: MemoryRedis;

beforeEach(() => {
  clock = new TickingClock();
  asked = [];
  calls = [];
  answer = null;
  patience = [];
  heard = new Map();
  redis = Object.assign(new MemoryRedis(clock), {
    run: async (_: string, keys: readonly string[], values: readonly (string | number)[], options?: unknown) => {
      asked.push({ keys, values });
      patience.push(options);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    call: async (command: string, parts: readonly (string | number)[], options?: unknown) => {
      calls.push([command, ...parts]);
      patience.push(options);
      return answer;
    },
    listen: (name: string, listener: (text: string) => void) => void heard.set(name, listener),
  });
});

describe('a lease', () => {
  const acquire = async () => {
    answer = 'OK';
    const lease = await new RedisLeases(redis).acquire('promote', 3000);
    if (lease === null) throw new Error('It was to be had');
    return lease;
  };

  it('belongs to the first that sets it, for its time', async () => {
    await acquire();
    const [[command, key, owner, ...rest] = []] = calls;
    expect([command, key, rest]).toEqual(['set', 'orders:lease:promote', ['NX', 'PX', 3000]]);
    expect(String(owner)).toMatch(/^[0-9a-f-]{36}$/);
    expect(patience).toEqual([{ patienceMs: 1000 }]);
  });

  it('is not available while another has it', async () => {
    answer = null;
    expect(await new RedisLeases(redis).acquire('promote', 3000)).toBeNull();
  });

  it.each([
    [1, true],
    [0, false],
    [null, false],
    [new Error('gone'), false],
  ])('is renewed when Redis answers %s: %s', async (told, expected) => {
    const lease = await acquire();
    answer = told;
    expect(await lease.renew()).toBe(expected);
    expect(asked).toEqual([{ keys: ['orders:lease:promote'], values: [calls[0]?.[2], 3000] }]);
  });

  it.each([
    [undefined, 'left'],
    [{}, 'left'],
    [{ done: false }, 'left'],
    [{ done: true }, 'done'],
  ] as const)('is released with %j as %s, under its owner', async (options, word) => {
    const lease = await acquire();
    await lease.release(options);
    expect(asked[0]?.keys).toEqual(['orders:lease:promote', 'orders:lease-done:promote']);
    expect(asked[0]?.values).toEqual([calls[0]?.[2], word, 7 * 24 * 3600 * 1000]);
  });

  it.each([
    ['1500', 1500],
    ['0', 0],
    [null, null],
  ])('was last done %s ago: %s', async (told, expected) => {
    answer = told;
    expect(await new RedisLeases(redis).lastDone('promote')).toBe(expected);
    expect(asked[0]?.keys).toEqual(['orders:lease-done:promote']);
  });
});

describe('the board', () => {
  const words: NodeWord[] = [
    { node: 'a', state: 'HEALTHY', trouble: null },
    { node: 'b', state: 'DOWN', trouble: 'refused' },
  ];

  it('is told what has changed, by whom', async () => {
    await new RedisStatusBoard(redis, 2000).announce(words);
    expect(asked[0]?.keys).toEqual(['orders:status:a', 'orders:status:b']);
    expect(asked[0]?.values).toEqual([2000, 'orders:status', expect.any(String), 'HEALTHY', 'DOWN refused', 'a', 'b']);
  });

  it('is told what is still so', async () => {
    await new RedisStatusBoard(redis, 2000).uphold(words);
    expect(asked).toEqual([
      { keys: ['orders:status:a', 'orders:status:b'], values: [2000, 'HEALTHY', 'DOWN refused'] },
    ]);
  });

  it('tells what stands there, and passes over what no process of ours has written', async () => {
    answer = ['1700 HEALTHY', '1701 DOWN refused', null, 'what', '1702 SLEEPING'];
    const nodes = ['a', 'b', 'c', 'd', 'e'];
    expect(await new RedisStatusBoard(redis, 2000).read(nodes)).toEqual(words);
    expect(calls).toEqual([['mget', ...nodes.map((node) => `orders:status:${node}`)]]);
  });

  it.each([
    [[], []],
    [['a'], []],
  ])('tells nothing of %j when it gives no list', async (nodes, expected) => {
    expect(await new RedisStatusBoard(redis, 2000).read(nodes)).toEqual(expected);
    expect(calls).toHaveLength(nodes.length);
  });

  it('tells what others announce, and not what it has announced itself', async () => {
    const board = new RedisStatusBoard(redis, 2000);
    const told: NodeWord[] = [];
    board.listen((word) => told.push(word));
    await board.announce(words);
    const self = String(asked[0]?.values[2]);
    const hear = heard.get('status') ?? (() => undefined);
    for (const text of ['other a HEALTHY', `${self} b DOWN refused`, 'other b DOWN refused', 'other', 'other c WHAT'])
      hear(text);
    expect(told).toEqual(words);
  });
});

describe('the roll call', () => {
  let source: string | null;
  let roll: RollCall;
  let changes: number;
  beforeEach(() => {
    source = 's1';
    changes = 0;
    roll = new RollCall({
      redis,
      prefix: 'tidemark:',
      here: () => ({ cluster: 'c1', source }),
      clock,
      random: () => 0.5,
      onChange: () => {
        changes += 1;
      },
    });
  });
  const others = async (...names: string[]) => {
    answer = names;
    await roll.round();
    return [...roll.others];
  };

  it('answers under the name that was configured', async () => {
    expect(await others('c1 s1')).toEqual([]);
    expect(asked).toEqual([{ keys: ['tidemark:clusters'], values: ['c1 s1', 20_000, 600_000] }]);
  });

  it('is not answered while the identity is unknown', async () => {
    source = null;
    expect(await others('c2 s1')).toEqual([]);
    expect(asked).toEqual([]);
  });

  it.each<[readonly string[], readonly string[]]>([
    [['c1 s1', 'c2 s9'], ['ANOTHER_CLUSTER']],
    [['c1 s1', 'c10 s1'], ['ANOTHER_CLUSTER']],
    [['c1 s1'], []],
    [['c1 s1', 'c1 s2'], []],
  ])('of %j finds at once %j', async (names, expected) => {
    expect(await others(...names)).toEqual(expected);
  });

  it('finds another source only when it stays beside ours: after a promotion both are heard of for a while', async () => {
    expect(await others('c1 s1', 'c1 s2')).toEqual([]);
    await clock.tick(30_000);
    expect(await others('c1 s1', 'c1 s2')).toEqual([]);
    await clock.tick(1);
    expect(await others('c1 s1', 'c1 s2')).toEqual(['ANOTHER_SOURCE']);
    expect(await others('c1 s1')).toEqual([]);
    expect(await others('c1 s1', 'c1 s2')).toEqual([]);
  });

  it('counts anew when it is yet another', async () => {
    await others('c1 s1', 'c1 s2');
    await clock.tick(30_001);
    expect(await others('c1 s1', 'c1 s3')).toEqual([]);
  });

  it('leaves what it knows when Redis does not answer', async () => {
    await others('c1 s1', 'c2 s9');
    answer = new Error('gone');
    await roll.round();
    expect([...roll.others]).toEqual(['ANOTHER_CLUSTER']);
  });

  it('tells only that others are there than before', async () => {
    for (const names of [['c1 s1'], ['c1 s1', 'c2 s9'], ['c1 s1', 'c2 s9', 'c3 s1'], ['c1 s1']]) await others(...names);
    expect(changes).toBe(2);
  });

  it('treats what is no list as empty', async () => {
    answer = null;
    await roll.round();
    expect([...roll.others]).toEqual([]);
  });

  it('goes round every few seconds until it is stopped', async () => {
    answer = ['c1 s1'];
    await roll.start();
    expect(asked).toHaveLength(1);
    await clock.tick(5000);
    expect(asked).toHaveLength(2);
    await clock.tick(5000);
    expect(asked).toHaveLength(3);
    await roll.stop();
    await clock.tick(20_000);
    expect([asked.length, clock.timers]).toEqual([3, 0]);
  });
});
