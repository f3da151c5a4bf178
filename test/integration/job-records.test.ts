import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JobRecords } from '../../src/jobs/job-records.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { Redis } from '../../src/platform/redis.ts';
import { TestRedis } from '../support/test-redis.ts';

let server: TestRedis;
let redis: Redis;
let records: JobRecords;

beforeAll(async () => {
  server = await TestRedis.start();
  // A busy machine is no fault of Redis.
  redis = new Redis({
    target: server.target,
    prefix: 'test:',
    clock: systemClock,
    random: Math.random,
    timeoutMs: 5000,
  });
  records = new JobRecords(redis);
  await redis.start();
});
afterAll(async () => {
  await redis?.close();
  await server?.stop();
});

const nowMs = 1_000_000;
const settlement = { token: null, worker: 'w', nowMs };

it('show no job whose tasks may never have reached the queue, and forget it soon', async () => {
  await records.open('a', 'RECHECK_ORDERS', 2, nowMs);
  expect([await records.read('a'), await records.recent(9)]).toEqual([null, []]);
  const restMs = await redis.call('pttl', [redis.key('job', 'a')]);
  expect(restMs).toBeGreaterThan(0);
  expect(restMs).toBeLessThanOrEqual(60_000);
});

it('count what is done before a job has begun', async () => {
  await records.open('b', 'RECHECK_ORDERS', 2, nowMs);
  expect(await records.settle('b', '1', { ...settlement, outcome: 'CHANGED' })).toBeNull();
  const begun = await records.begin('b', 1, nowMs);
  expect(begun).toMatchObject({ total: 1, changed: 1, alreadyQueued: 1, finishedAtMs: nowMs });
  expect(await records.recent(9)).toEqual([begun]);
});

it.each([
  ['keep that an order was changed when it is done again and needs nothing', 'CHANGED', { changed: 1, unchanged: 0 }],
  ['let an order that failed succeed later', 'FAILED', { failed: 0, unchanged: 1 }],
] as const)('%s', async (name, first, counts) => {
  await records.open(name, 'RECHECK_ORDERS', 1, nowMs);
  await records.begin(name, 0, nowMs);
  await records.settle(name, '1', { ...settlement, outcome: first });
  await records.settle(name, '1', { ...settlement, outcome: 'UNCHANGED' });
  expect(await records.read(name)).toMatchObject({ ...counts, finishedAtMs: nowMs });
});

describe('of one client', () => {
  const asked = { client: 'c', maxWaiting: 10 };
  const keys = async () => (await redis.call('keys', ['test:*'])) as string[];

  it('count what waits, give it back as it is done, and refuse what is too much', async () => {
    expect(await records.open('d', 'RECHECK_ORDERS', 8, nowMs, asked)).toEqual({ orders: 0, jobs: 0, opened: true });
    expect(await records.open('e', 'RECHECK_ORDERS', 3, nowMs, asked)).toEqual({ orders: 8, jobs: 1, opened: false });
    // Another one's share is its own.
    expect(await records.open('f', 'RECHECK_ORDERS', 3, nowMs, { ...asked, client: 'another' })).toMatchObject({
      opened: true,
    });
    await records.begin('d', 2, nowMs);
    await records.settle('d', '1', { ...settlement, outcome: 'CHANGED' });
    await records.settle('d', '1', { ...settlement, outcome: 'UNCHANGED' });
    expect(await records.open('e', 'RECHECK_ORDERS', 3, nowMs, asked)).toEqual({ orders: 5, jobs: 1, opened: true });
    await records.cancel('d', nowMs);
    await records.forget('e');
    expect(await records.open('e', 'RECHECK_ORDERS', 9, nowMs, asked)).toEqual({ orders: 0, jobs: 0, opened: true });
    await records.forget('e');
  });

  it('take up nothing once Redis has forgotten them', async () => {
    await records.open('g', 'RECHECK_ORDERS', 9, nowMs, asked);
    await redis.call('del', [redis.key('job', 'g')]);
    expect(await records.open('h', 'RECHECK_ORDERS', 9, nowMs, asked)).toEqual({ orders: 0, jobs: 0, opened: true });
    await records.forget('h');
  });

  it('are so many at most', async () => {
    for (let count = 0; count < 1000; count += 1) await records.open(`k${count}`, 'RECHECK_ORDERS', 0, nowMs, asked);
    expect(await records.open('l', 'RECHECK_ORDERS', 0, nowMs, asked)).toMatchObject({ jobs: 1000, opened: false });
    await redis.call('flushall', []);
  });

  it('that have ended are kept without their orders, but for those that failed', async () => {
    await records.open('m', 'RECHECK_ORDERS', 3, nowMs, asked);
    await records.begin('m', 0, nowMs);
    for (const [order, outcome] of [
      ['1', 'CHANGED'],
      ['2', 'FAILED'],
      ['3', 'UNCHANGED'],
    ] as const) {
      await records.settle('m', order, { ...settlement, outcome });
    }
    expect((await keys()).filter((key) => key.startsWith('test:job:m')).sort()).toEqual([
      'test:job:m',
      'test:job:m:failed',
    ]);
    // Done once more by a worker that was taken for dead, and a dead letter that was replayed.
    await records.settle('m', '1', { ...settlement, outcome: 'UNCHANGED' });
    await records.settle('m', '2', { ...settlement, outcome: 'CHANGED' });
    await records.settle('m', '2', { ...settlement, outcome: 'UNCHANGED' });
    expect(await records.read('m')).toMatchObject({ total: 3, changed: 2, unchanged: 1, failed: 0 });
    expect((await keys()).filter((key) => key.startsWith('test:job:m'))).toEqual(['test:job:m']);
  });

  it('that are cancelled count an order that was in hand once', async () => {
    await records.open('n', 'RECHECK_ORDERS', 3, nowMs, asked);
    await records.begin('n', 0, nowMs);
    await records.cancel('n', nowMs);
    for (const _ of 'twice') await records.settle('n', '1', { ...settlement, outcome: 'UNCHANGED' });
    expect(await records.read('n')).toMatchObject({ unchanged: 1, cancelledAtMs: nowMs });
    const restMs = Number(await redis.call('pttl', [redis.key('job', 'n', 'tasks')]));
    expect(restMs).toBeGreaterThan(0);
    expect(restMs).toBeLessThanOrEqual(10 * 60_000);
  });

  it('that have ended are kept a hundred at most, and do not displace those of others', async () => {
    await redis.call('flushall', []);
    const end = async (id: string, client: string, atMs: number) => {
      await records.open(id, 'REFRESH_NEW_ORDERS', 0, atMs, { ...asked, client });
      await records.begin(id, 0, atMs, true);
      await records.finish(id, atMs);
    };
    await end('o', 'another', nowMs);
    for (let count = 0; count < 400; count += 1) await end(`p${count}`, 'c', nowMs + count);
    const kept = (await keys()).filter((key) => key.startsWith('test:job:'));
    expect(kept).toHaveLength(101);
    expect(await records.read('p299')).toBeNull();
    expect(await records.read('p300')).not.toBeNull();
    expect((await records.recent(200)).map(({ id }) => id)).toContain('o');
  });
});
