import { afterAll, beforeAll, expect, it } from 'vitest';
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
