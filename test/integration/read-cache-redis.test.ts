import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fill, FilledAnswer } from '../../src/cache/fill.ts';
import { readMarks } from '../../src/cache/invalidation-marks.ts';
import type { MayAnswer } from '../../src/cache/may-answer.ts';
import { type CacheQuestion, type CacheTurn, ReadCache } from '../../src/cache/read-cache.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { Redis } from '../../src/platform/redis.ts';
import { positions } from '../../src/servers/known-flavours.ts';
import { at } from '../support/scripted-probe.ts';
import { TestRedis } from '../support/test-redis.ts';
import { until } from '../support/until.ts';

// Two caches as two processes have them, on one Redis, and no database: positions are made up.
let server: TestRedis;
let redis: Redis;
let a: ReadCache;
let b: ReadCache;
let prefixes = 0;
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  server = await TestRedis.start();
});
beforeEach(async () => {
  prefixes += 1;
  redis = new Redis({
    target: server.target,
    prefix: `${prefixes}:`,
    clock: systemClock,
    random: Math.random,
    // A busy machine is no fault of Redis.
    timeoutMs: 5000,
  });
  open.push(() => redis.close());
  await redis.start();
  [a, b] = [cacheOf(redis), cacheOf(redis)];
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(() => server.stop());

function cacheOf(on: Redis, rule?: MayAnswer): ReadCache {
  const cache = new ReadCache({ redis: on, positions, clock: systemClock, ttlMs: 600_000, ...(rule && { rule }) });
  open.push(() => cache.close());
  return cache;
}

const client = new AbortController();
const question = (part: Partial<CacheQuestion> = {}): CacheQuestion => ({
  epoch: 1,
  position: null,
  reads: ['page'],
  signal: () => client.signal,
  ...part,
});
const answer = (sequence: number, values: Readonly<Record<string, unknown>> = { page: sequence }): FilledAnswer => ({
  node: 'replica-1',
  role: 'REPLICA',
  includes: at(sequence),
  seen: at(sequence),
  values,
});

function fillOf(turn: CacheTurn) {
  if (turn.kind !== 'FILL') throw new Error(`expected to fill, not ${turn.kind}`);
  return turn.fill;
}
const shown = (turn: CacheTurn) => (turn.kind === 'HIT' ? turn.answer.values.page : turn.kind);
const filled = async (cache: ReadCache, sequence: number, part?: Partial<CacheQuestion>) =>
  fillOf(await cache.ask(question(part))).keep(answer(sequence));

/** Told to all, which takes a moment. */
async function told(cache: ReadCache, sequence: number): Promise<void> {
  cache.wrote(at(sequence), 1);
  await known(sequence);
}

/** Of many that are told at once, some flow together. */
async function known(sequence: number): Promise<void> {
  await until('the write is told', async () => {
    const text = (await redis.call('get', [redis.key('cache', '1', 'marks')])) as string | null;
    return readMarks(text, positions).marks.some(({ position }) => position.includes(at(sequence)));
  });
}

describe('an answer', () => {
  it('is found by every process, with its age', async () => {
    await filled(a, 5);
    const turn = await b.ask(question());
    expect(turn).toMatchObject({
      kind: 'HIT',
      ageMs: expect.any(Number),
      answer: { node: 'replica-1', role: 'REPLICA' },
    });
    expect(shown(turn)).toBe(5);
  });

  it('is found by those whom it is new enough for, and by no others', async () => {
    await filled(a, 5);
    expect(shown(await b.ask(question({ position: at(5) })))).toBe(5);
    expect((await b.ask(question({ position: at(6) }))).kind).toBe('FILL');
    expect((await a.ask(question({ epoch: 2 }))).kind).toBe('FILL');
    expect((await a.ask(question({ reads: ['page', 'count'] }))).kind).toBe('FILL');
  });

  it('takes the place of the one before', async () => {
    await filled(a, 5);
    await filled(b, 6, { position: at(6) });
    expect(shown(await a.ask(question()))).toBe(6);
  });

  it('is not kept when it is too large', async () => {
    const large = { page: 'x'.repeat(200_000) };
    await fillOf(await a.ask(question())).keep(answer(5, large));
    expect((await b.ask(question())).kind).toBe('FILL');
  });

  it('is one of a bounded number, of which the oldest go first', async () => {
    const reads = (index: number) => ({ reads: [`page ${index}`] });
    for (let index = 0; index < 520; index += 1) {
      await fillOf(await a.ask(question(reads(index)))).keep(answer(5, { [`page ${index}`]: index }));
    }
    const keys = (await redis.call('keys', [redis.key('cache', '*', 'answer', '*')])) as string[];
    expect(keys).toHaveLength(512);
    expect((await b.ask(question(reads(519)))).kind).toBe('HIT');
    expect((await b.ask(question(reads(0)))).kind).toBe('FILL');
  });
});

describe('a write', () => {
  it('ends what lacks it, and leaves what has it', async () => {
    await filled(a, 5);
    await told(a, 5);
    expect(shown(await b.ask(question()))).toBe(5);
    await told(b, 6);
    await until('somebody reads anew', async () => {
      const turn = await a.ask(question());
      if (turn.kind !== 'FILL') return false;
      await turn.fill.keep(answer(6));
      return true;
    });
    expect(shown(await b.ask(question()))).toBe(6);
  });

  it('leaves what lacks it for the others, while one reads anew', async () => {
    await filled(a, 5);
    await told(b, 6);
    const fill = fillOf(await a.ask(question()));
    const meanwhile = await a.ask(question());
    // A slow machine may have spent the moment for which that is allowed.
    expect([5, 'READ']).toContain(shown(meanwhile));
    await fill.keep(answer(6));
    expect(shown(await a.ask(question()))).toBe(6);
  });

  it('that is one of many keeps no request waiting: the answer is read again after the request', async () => {
    const late = cacheOf(redis, () => 'LATE');
    await filled(a, 5);
    await told(a, 6);
    const writers = [a, b, cacheOf(redis), cacheOf(redis)];
    let refresh: Fill | null = null;
    for (let sequence = 7; refresh === null; sequence += 1) {
      await Promise.all(writers.map((writer, index) => told(writer, sequence * 10 + index)));
      const turn = await late.ask(question());
      if (turn.kind === 'HIT') refresh = turn.refresh;
      else if (turn.kind === 'FILL') turn.fill.giveUp();
    }
    const fill: Fill = refresh;
    expect((await late.ask(question())).kind).toBe('HIT');
    fill.inBackground(() => fill.keep(answer(10_000)));
    await until('it is read anew', async () => shown(await a.ask(question())) === 10_000);
  });

  it('keeps out what was read without it', async () => {
    await told(a, 6);
    await filled(b, 5);
    expect((await a.ask(question())).kind).toBe('FILL');
  });

  it('of many processes is never forgotten', async () => {
    const caches = [a, b, cacheOf(redis), cacheOf(redis)];
    for (let sequence = 10; sequence < 50; sequence += 1) caches[sequence % 4]?.wrote(at(sequence), 1);
    await known(49);
    await filled(a, 48);
    expect((await b.ask(question())).kind).toBe('FILL');
  });
});

describe('readers of one answer', () => {
  it('wait for the one of them that reads, in its process and in others', async () => {
    const fill = fillOf(await a.ask(question()));
    const waiting = [a.ask(question()), b.ask(question()), b.ask(question())];
    await fill.keep(answer(5));
    const turns = await Promise.all(waiting);
    // Nobody else filled; who was too slow to see it reads for itself.
    for (const turn of turns) expect([5, 'READ']).toContain(shown(turn));
    expect(shown(await b.ask(question()))).toBe(5);
  });

  it('do not wait for ever for one that does not come back', async () => {
    const lost = fillOf(await a.ask(question()));
    expect((await a.ask(question())).kind).toBe('READ');
    expect((await b.ask(question())).kind).toBe('READ');
    lost.giveUp();
  });

  it('go on with the next one when it gives up', async () => {
    fillOf(await a.ask(question())).giveUp();
    await until('the next one may', async () => {
      const turn = await b.ask(question());
      if (turn.kind === 'FILL') await turn.fill.keep(answer(5));
      return turn.kind === 'FILL';
    });
    expect(shown(await a.ask(question()))).toBe(5);
  });

  it('do not wait when their client has gone', async () => {
    const fill = fillOf(await a.ask(question()));
    const gone = AbortSignal.abort();
    expect((await a.ask(question({ signal: () => gone }))).kind).toBe('READ');
    expect((await b.ask(question({ signal: () => gone }))).kind).toBe('READ');
    fill.giveUp();
  });
});

describe('Redis that hangs', () => {
  it('makes every request read, and keeps nothing open', async () => {
    const impatient = new Redis({
      target: server.target,
      prefix: `${prefixes}:`,
      clock: systemClock,
      random: Math.random,
      timeoutMs: 50,
    });
    open.push(() => impatient.close());
    await impatient.start();
    const cache = cacheOf(impatient);
    let turn = await cache.ask(question());
    await until('Redis answers', async () => {
      if (turn.kind === 'READ') turn = await cache.ask(question());
      return turn.kind !== 'READ';
    });
    server.pause();
    try {
      cache.wrote(at(9), 1);
      await fillOf(turn).keep(answer(5));
      for (let round = 0; round < 100; round += 1) expect((await cache.ask(question())).kind).toBe('READ');
    } finally {
      server.resume();
    }
    await until('it fills again', async () => {
      const again = await cache.ask(question());
      if (again.kind === 'FILL') await again.fill.keep(answer(9));
      return again.kind === 'HIT';
    });
    expect(shown(await cache.ask(question()))).toBe(9);
  });
});
