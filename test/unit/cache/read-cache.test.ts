/** Who reads, who waits and who is answered, on a clock that stands still; with Redis: test/integration/read-cache-redis.test.ts. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Fill, FilledAnswer } from '../../../src/cache/fill.ts';
import { type CacheQuestion, type CacheTurn, type CommitSource, ReadCache } from '../../../src/cache/read-cache.ts';
import { positions } from '../../../src/servers/known-flavours.ts';
import { MemoryRedis } from '../../support/memory-redis.ts';
import { at } from '../../support/scripted-probe.ts';
import { allSettled, TickingClock } from '../../support/ticking-clock.ts';

let clock: TickingClock;
let redis: MemoryRedis;
/** Two processes. */
let a: ReadCache;
let b: ReadCache;
let client: AbortController;

const options = () => ({ redis, positions, clock, ttlMs: 60_000 });
const make = () => new ReadCache(options());
type CommitListener = Parameters<CommitSource['subscribe']>[0];

beforeEach(() => {
  clock = new TickingClock();
  redis = new MemoryRedis(clock);
  client = new AbortController();
  a = make();
  b = make();
});

const question = (part: Partial<CacheQuestion> = {}): CacheQuestion => ({
  epoch: 1,
  position: null,
  reads: ['page'],
  signal: () => client.signal,
  ...part,
});
const answer = (sequence: number): FilledAnswer => ({
  node: 'replica-1',
  role: 'REPLICA',
  includes: at(sequence),
  seen: at(sequence),
  values: { page: sequence },
});

/** What came of a question: the answer, what to do, or that it still waits. */
class Asked {
  turn: CacheTurn | null = null;
  constructor(asking: Promise<CacheTurn>) {
    void asking.then((turn) => {
      this.turn = turn;
    });
  }

  get words(): string {
    if (this.turn === null) return 'waits';
    if (this.turn.kind !== 'HIT') return this.turn.kind;
    const { answer: found, refresh } = this.turn;
    return `${found.values.page}${refresh === null ? '' : ' and reads anew'}`;
  }

  get fill(): Fill {
    if (this.turn?.kind !== 'FILL') throw new Error(`expected to fill, not ${this.words}`);
    return this.turn.fill;
  }
}

async function ask(cache: ReadCache, part?: Partial<CacheQuestion>): Promise<Asked> {
  const asked = new Asked(cache.ask(question(part)));
  await clock.tick(0);
  return asked;
}

async function keep(cache: ReadCache, sequence: number, part?: Partial<CacheQuestion>): Promise<void> {
  await (await ask(cache, part)).fill.keep(answer(sequence));
}

async function tell(sequence: number, epoch: number | null = 1): Promise<void> {
  b.wrote(at(sequence), epoch);
  await clock.tick(200);
}

describe('a request for something that is not cached', () => {
  it('reads, when it is the first, and others wait for it', async () => {
    const first = await ask(a);
    const same = await ask(a);
    const other = await ask(b);
    expect([first, same, other].map(({ words }) => words)).toEqual(['FILL', 'waits', 'waits']);
    await first.fill.keep(answer(5));
    await clock.tick(10);
    expect([same, other].map(({ words }) => words)).toEqual(['5', '5']);
    expect(clock.timers).toBe(0);
  });

  it('reads by itself after a while', async () => {
    await ask(a);
    const same = await ask(a);
    const other = await ask(b);
    await clock.tick(299);
    expect([same, other].map(({ words }) => words)).toEqual(['waits', 'waits']);
    await clock.tick(11);
    expect([same, other].map(({ words }) => words)).toEqual(['READ', 'READ']);
  });

  it('reads for the cache when the first one gave up', async () => {
    const first = await ask(a);
    const other = await ask(b);
    first.fill.giveUp();
    await clock.tick(10);
    expect(other.words).toBe('FILL');
  });

  it('reads by itself when the first one of its own process gave up', async () => {
    const first = await ask(a);
    const same = await ask(a);
    first.fill.giveUp();
    await clock.tick(0);
    expect(same.words).toBe('READ');
  });

  it('reads for the cache when the first one has not come back for as long as its lease', async () => {
    const first = await ask(a);
    await clock.tick(1999);
    expect((await ask(b)).words).toBe('waits');
    await clock.tick(1);
    await clock.tick(10);
    expect((await ask(b)).words).toBe('waits');
    void first;
  });

  it.each(['a', 'b'] as const)('is not waited with when its client has gone: process %s', async (which) => {
    await ask(a);
    const asked = await ask({ a, b }[which]);
    expect(asked.words).toBe('waits');
    client.abort();
    await clock.tick(0);
    expect(asked.words).toBe('READ');
    expect(clock.timers).toBe(0);
  });

  it('finds what another one brought between its look and its lease', async () => {
    const fill = (await ask(a)).fill;
    const call = redis.call.bind(redis);
    redis.call = async (...parts) => {
      await fill.keep(answer(5));
      return call(...parts);
    };
    const asked = await ask(b);
    expect(asked.words).toBe('5');
    redis.call = call;
    // And has given the lease back.
    expect((await ask(b, { position: at(6) })).words).toBe('FILL');
  });

  it('and ends its flight however it ends, so that the next one flies', async () => {
    (await ask(a)).fill.giveUp();
    await clock.tick(0);
    expect((await ask(a)).words).toBe('FILL');
  });
});

describe('an answer that is kept', () => {
  it.each<[string, Partial<CacheQuestion>, string]>([
    ['answers every client that requires nothing', {}, '5'],
    ['answers who has seen as much', { position: at(5) }, '5'],
    ['does not answer who has seen more', { position: at(6) }, 'FILL'],
    ['does not answer for another read', { reads: ['other'] }, 'FILL'],
    ['does not answer for more reads', { reads: ['page', 'count'] }, 'FILL'],
    ['does not answer for another epoch', { epoch: 2 }, 'FILL'],
  ])('%s', async (_, part, words) => {
    await keep(a, 5);
    expect((await ask(b, part)).words).toBe(words);
  });

  it('is known by its reads in whatever order, and only with all of them', async () => {
    const both = { page: 1, count: 2 };
    await (await ask(a, { reads: ['page', 'count'] })).fill.keep({ ...answer(5), values: both });
    expect((await ask(b, { reads: ['count', 'page'] })).words).toBe('1');
    await (await ask(a, { reads: ['page', 'missing'] })).fill.keep({ ...answer(5), values: both });
    expect((await ask(b, { reads: ['page', 'missing'] })).words).toBe('FILL');
  });

  it('tells its age, and how long was waited for it', async () => {
    const first = await ask(a);
    const same = await ask(a);
    await clock.tick(40);
    await first.fill.keep(answer(5));
    await clock.tick(0);
    expect(same.turn).toMatchObject({ kind: 'HIT', ageMs: 40, waitedMs: 40, refresh: null });
    await clock.tick(7);
    expect((await ask(b)).turn).toMatchObject({ ageMs: 47, waitedMs: 0 });
  });

  it('ends with its time', async () => {
    await keep(a, 5);
    await clock.tick(59_999);
    expect((await ask(b)).words).toBe('5');
    await clock.tick(1);
    expect((await ask(b)).words).toBe('FILL');
  });
});

describe('an answer that lacks a write', () => {
  beforeEach(async () => {
    await keep(a, 5);
    await tell(6);
  });

  it('is read anew by the first, and meanwhile answers the others', async () => {
    expect((await ask(a)).words).toBe('FILL');
    expect([(await ask(a)).words, (await ask(b)).words]).toEqual(['5', '5']);
  });

  it('answers no client any more after a moment', async () => {
    await clock.tick(301);
    expect((await ask(a)).words).toBe('FILL');
    expect([(await ask(a)).words, (await ask(b)).words]).toEqual(['waits', 'waits']);
  });

  it('never answers the one who wrote', async () => {
    expect((await ask(a, { position: at(6) })).words).toBe('FILL');
    expect((await ask(b, { position: at(6) })).words).toBe('waits');
  });

  it('is not kept again by who read too early', async () => {
    const { fill } = await ask(a);
    expect(await fill.keep(answer(5))).toBeNull();
    expect((await ask(b)).words).toBe('FILL');
  });
});

it('a write of an unknown epoch is not announced', async () => {
  await keep(a, 5);
  await tell(6, null);
  expect((await ask(a)).words).toBe('5');
});

it.each([
  ['with a position makes answers without it outdated', at(6), 1, false, 'FILL'],
  ['without a position does not', null, 1, false, '5'],
  ['of an unknown epoch does not', at(6), null, false, '5'],
  ['of an epoch that the answers are not of does not', at(6), 2, false, '5'],
  ['is not heard of by a cache that is closed', at(6), 1, true, '5'],
])('a commit %s', async (_, position, epoch, isClosed, words) => {
  const listeners = new Set<CommitListener>();
  const subscribe = (listener: CommitListener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const writer = new ReadCache({ ...options(), commits: { subscribe, epoch: () => epoch } });
  await keep(a, 5);
  if (isClosed) await writer.close();
  expect(listeners.size).toBe(isClosed ? 0 : 1);
  for (const listener of listeners) listener({ position });
  await clock.tick(500);
  expect((await ask(a)).words).toBe(words);
});

describe('in a storm of writes', () => {
  beforeEach(async () => {
    await keep(a, 5);
    for (const sequence of [6, 7, 8]) await tell(sequence);
  });

  it('an answer that lacks them rests for a while', async () => {
    expect([(await ask(a)).words, (await ask(b)).words]).toEqual(['5', '5']);
    expect(redis.leases).toBe(1);
  });

  it('then is read anew behind the back of the one whom it answers', async () => {
    // Written 1500 ms after the answer began to lack something, and three times in the second before.
    for (const sequence of [9, 10, 11, 12, 13]) await tell(sequence);
    const first = await ask(a);
    expect([first.words, (await ask(b)).words]).toEqual(['5 and reads anew', '5']);
    const refresh = first.turn?.kind === 'HIT' ? first.turn.refresh : null;
    let read = false;
    refresh?.inBackground(async () => {
      read = true;
      await refresh.keep(answer(13));
    });
    expect(read).toBe(false);
    await clock.tick(15);
    expect(read).toBe(true);
    expect((await ask(b)).words).toBe('13');
  });

  it('does not answer those who have seen more', async () => {
    expect((await ask(a, { position: at(8) })).words).toBe('FILL');
  });

  it('closes only when what it reads behind the backs has ended', async () => {
    for (const sequence of [9, 10, 11, 12, 13]) await tell(sequence);
    const { turn } = await ask(a);
    const refresh = turn?.kind === 'HIT' ? turn.refresh : null;
    let ended = false;
    refresh?.inBackground(async () => {
      await clock.sleep(50);
      ended = true;
    });
    const closing = a.close().then(() => ended);
    await clock.tick(100);
    expect(await closing).toBe(true);
  });
});

describe('without Redis', () => {
  it('every request reads', async () => {
    redis.gone = true;
    expect((await ask(a)).words).toBe('READ');
    redis.gone = false;
    expect((await ask(a)).words).toBe('FILL');
  });

  it('an answer is read for its own reader only', async () => {
    const { fill } = await ask(a);
    redis.gone = true;
    expect(await fill.keep(answer(5))).toBeNull();
  });

  it('nothing is hidden that is no fault of Redis', async () => {
    redis.run = async () => {
      throw new TypeError('a bug');
    };
    await expect(a.ask(question())).rejects.toThrow('a bug');
    await allSettled();
    expect(clock.timers).toBe(0);
  });
});
