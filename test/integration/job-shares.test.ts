/** How much background work may be asked for: by one client, and by all of them together. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PaymentsSandbox } from '../../src/local/payments/payments-sandbox.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { environmentFor } from '../consistency/api-process.ts';
import { migrateOrders } from '../support/engine.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { RedisServer } from '../support/redis-server.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { until } from '../support/until.ts';

let cluster: TestCluster;
let redis: RedisServer;
let sandbox: PaymentsSandbox;
let environment: Record<string, string>;
/** Asks for work that nobody does. */
let api: TestApi;

beforeAll(async () => {
  [cluster, redis] = await Promise.all([startTestCluster({ replicas: 0 }), RedisServer.start()]);
  sandbox = new PaymentsSandbox({ clock: systemClock });
  await Promise.all([migrateOrders(cluster), sandbox.start()]);
  environment = {
    ...environmentFor(cluster),
    REDIS_URL: redis.url,
    REDIS_TIMEOUT_MS: '5000',
    PAYMENTS_URL: sandbox.url,
    REFRESH_INTERVAL_MS: 'off',
    JOB_MAX_WAITING: '200',
    JOB_MAX_WAITING_PER_CLIENT: '120',
  };
  api = await startApi({ ...environment, JOBS: 'off' });
});
beforeEach(async () => {
  await redis.ask('flushall');
  await until('jobs can be reached', async () => (await ask(api, '{ jobs { available } }')).data.jobs.available);
});
afterAll(async () => {
  await api?.stop();
  await sandbox?.stop();
  await redis?.stop();
  await cluster?.stop();
});

/** Orders that are not there: a recheck of one is soon done. */
const ids = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => btoa(`Order:${9_000_000 + first + index}`));
const job = '{ ... on RecheckOrdersPayload { job { id total alreadyQueued state } } }';
const from = (client: string) => ({ headers: { 'x-forwarded-for': client } });

async function recheck(client: string, orders: readonly string[]) {
  const query = `mutation ($ids: [ID!]) { recheckOrders(input: { ids: $ids }) ${job} }`;
  const answer = await ask(api, query, { variables: { ids: orders }, ...from(client) });
  return {
    job: answer.data?.recheckOrders?.job,
    error: answer.errors[0]?.extensions,
    message: answer.errors[0]?.message,
  };
}

async function keysOfJobs(): Promise<string[]> {
  const keys = (await redis.ask('keys', '*')) as string[];
  return keys.filter((key) => /:(?:jobs?|jobs-[a-z]+|queues):/.test(`${key}:`)).sort();
}

async function refresh(client: string, fromBeginning: boolean): Promise<string> {
  const query = `mutation ($again: Boolean!) { refreshNewOrders(input: { fromBeginning: $again }) {
    ... on RefreshNewOrdersPayload { job { id } } } }`;
  const answer = await ask(api, query, { variables: { again: fromBeginning }, ...from(client) });
  return answer.data.refreshNewOrders.job.id;
}

describe('orders that wait', () => {
  it('are so many of one client at most, and others go on', async () => {
    expect((await recheck('192.0.2.1', ids(0, 100))).job).toMatchObject({ total: 100 });
    const refused = await recheck('192.0.2.1', ids(100, 21));
    expect(refused.error).toMatchObject({ code: 'TOO_MANY_JOBS', retryable: true, waiting: 100, most: 120 });
    expect(refused.error?.retryAfterMs).toBeGreaterThan(0);
    expect(refused.message).toBe('100 of your orders are queued; the limit is 120: try again later, or ask for fewer');
    expect((await recheck('192.0.2.1', ids(100, 20))).job).toMatchObject({ total: 20 });
    expect((await recheck('192.0.2.2', ids(200, 50))).job).toMatchObject({ total: 50 });
    // A network of IPv6 is one client.
    expect((await recheck('2001:db8::1', ids(300, 1))).job).toMatchObject({ total: 1 });
  });

  it('are limited in total, whichever clients asked', async () => {
    for (const client of [1, 2, 3, 4]) await recheck(`192.0.2.${client}`, ids(client * 100, 45));
    const refused = await recheck('192.0.2.5', ids(500, 21));
    expect(refused.error).toMatchObject({ code: 'TOO_MANY_JOBS', retryable: true, waiting: 180, most: 200 });
    expect(refused.message).toMatch(/^180 orders are queued; the limit is 200/);
    expect((await recheck('192.0.2.5', ids(500, 20))).job).toMatchObject({ total: 20 });
  });

  it('make room again when their job is cancelled', async () => {
    const first = await recheck('192.0.2.1', ids(0, 120));
    expect((await recheck('192.0.2.1', ids(200, 1))).error).toMatchObject({ code: 'TOO_MANY_JOBS' });
    await ask(api, `mutation { cancelJob(input: { id: "${first.job.id}" }) { __typename } }`);
    expect((await recheck('192.0.2.1', ids(200, 120))).job).toMatchObject({ total: 120 });
  });
});

describe('the same work requested repeatedly', () => {
  it('is one job while it waits, and takes no more of Redis', async () => {
    const { job: first } = await recheck('192.0.2.1', ids(0, 3));
    const kept = await keysOfJobs();
    for (let time = 0; time < 50; time += 1) {
      expect((await recheck('192.0.2.1', ids(0, 3))).job).toEqual(first);
    }
    // In one request, too, from somebody else, in another sequence, and only a part of it.
    const together = `mutation ($a: [ID!], $b: [ID!]) {
      a: recheckOrders(input: { ids: $a }) ${job} b: recheckOrders(input: { ids: $b }) ${job} }`;
    const variables = { a: ids(0, 3).reverse(), b: ids(1, 1) };
    const { data } = await ask(api, together, { variables, ...from('192.0.2.2') });
    expect(data).toEqual({ a: { job: first }, b: { job: first } });
    expect(await keysOfJobs()).toEqual(kept);
  });

  it('is a job of its own as soon as a part of it is new, or several have it', async () => {
    const { job: first } = await recheck('192.0.2.1', ids(0, 3));
    const { job: second } = await recheck('192.0.2.1', ids(2, 2));
    expect(second).toMatchObject({ total: 1, alreadyQueued: 1, state: 'QUEUED' });
    const { job: both } = await recheck('192.0.2.1', ids(0, 4));
    expect(both).toMatchObject({ total: 0, alreadyQueued: 4, state: 'FINISHED' });
    expect(new Set([first.id, second.id, both.id]).size).toBe(3);
  });

  it('is one look for new orders, and another one for those from the beginning on', async () => {
    const usual = await refresh('192.0.2.1', false);
    const anew = await refresh('192.0.2.1', true);
    expect(anew).not.toBe(usual);
    expect(await refresh('192.0.2.2', true)).toBe(anew);
    expect(await refresh('192.0.2.2', false)).toBe(usual);
    const { data } = await ask(api, '{ jobs { queues { kind waiting } } }');
    expect(data.jobs.queues[1]).toEqual({ kind: 'REFRESH_NEW_ORDERS', waiting: 2 });
    sandbox.control({ place: 3 });
    const working = await startApi(environment);
    try {
      const state = async (id: string) =>
        (await ask(api, `{ jobs { job(id: "${id}") { state done } } }`)).data.jobs.job;
      await until('both are done', async () => {
        const states = await Promise.all([state(usual), state(anew)]);
        return states.every((one) => one.state === 'FINISHED');
      });
      // Both have seen all that is there: the place that one came to is no place for the other.
      expect(await state(anew)).toMatchObject({ done: 3 });
    } finally {
      await working.stop();
    }
  });
});

describe('a client with many jobs', () => {
  it('does not keep the three orders of another one waiting', async () => {
    const many: string[] = [];
    for (let count = 0; count < 80; count += 1) many.push((await recheck('192.0.2.1', ids(count, 1))).job.id);
    const { job: few } = await recheck('192.0.2.2', ids(500, 3));
    const working = await startApi({ ...environment, JOB_CONCURRENCY: '1', JOB_RATE_PER_S: '200' });
    try {
      const recent = async (): Promise<{ id: string; state: string; finishedAt: string }[]> =>
        (await ask(api, '{ jobs { recent(last: 200) { id state finishedAt } } }')).data.jobs.recent;
      await until('all are done', async () => (await recent()).every(({ state }) => state === 'FINISHED'));
      const finished = new Map((await recent()).map(({ id, finishedAt }) => [id, finishedAt]));
      const before = many.filter((id) => (finished.get(id) ?? '') < (finished.get(few.id) ?? ''));
      expect(finished.size).toBe(81);
      expect(before.length).toBeLessThan(30);
    } finally {
      await working.stop();
    }
  });
});
