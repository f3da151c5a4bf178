import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tokenFetch } from '../../src/client/fetch.ts';
import { TokenStore } from '../../src/client/token-store.ts';
import { environmentFor } from '../consistency/api-process.ts';
import { caughtUp, migrateOrders } from '../support/engine.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { cookieOf, count, createOrder, one, withToken } from '../support/orders-over-http.ts';
import { outside } from '../support/promotion-outside.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

let cluster: TestCluster;
let api: TestApi;

beforeAll(async () => {
  cluster = await startTestCluster();
  await migrateOrders(cluster);
  api = await startApi({ ...environmentFor(cluster), MONITOR_INTERVAL_MS: '200' });
});
afterAll(async () => {
  await api?.stop();
  await cluster?.stop();
});

const page = 'query ($after: String) { orders(first: 1, after: $after) { nodes { number } pageInfo { endCursor } } }';
const patience = { timeout: 60_000, interval: 50 };

/** An order, as soon as somebody takes it. */
async function written(served: TestApi): Promise<Awaited<ReturnType<typeof createOrder>>> {
  return vi.waitFor(() => createOrder(served), patience);
}

/** One story on one cluster: each chapter begins where the one before has ended. */
describe.sequential('a promotion made outside that loses a write', () => {
  let survived: Awaited<ReturnType<typeof createOrder>>;
  let lost: Awaited<ReturnType<typeof createOrder>>;
  /** Of a page that showed the lost write. */
  let cursor: string;
  const readLost = (headers: Record<string, string>, from = api) =>
    ask(from, one, { variables: { id: lost.id }, headers });

  it('is told to the client of that write, at once and for ever', async () => {
    survived = await written(api);
    for (const name of ['replica-1', 'replica-2']) await caughtUp(cluster, name);
    for (const name of ['replica-1', 'replica-2']) await outside(cluster, name, 'stopReceiving');
    lost = await written(api);
    const listed = async () =>
      (await ask(api, page, { headers: withToken(lost.token) })).data?.orders.pageInfo.endCursor;
    await expect.poll(listed, patience).toBeTruthy();
    cursor = await listed();
    await cluster.kill('source');
    await outside(cluster, 'replica-1', 'forget', 'takeWrites');
    const promoted = async () => (await ask(api, '{ cluster { source } }')).data.cluster.source;
    await expect.poll(promoted, patience).toBe('replica-1');
    expect((await readLost(withToken(lost.token))).code).toBe('WRITE_LOST');
    for (let round = 0; round < 6; round += 1) {
      await written(api);
      expect((await readLost(withToken(lost.token))).code).toBe('WRITE_LOST');
    }
  });

  it('is told by a process that starts later as well', async () => {
    const later = await startApi({ ...environmentFor(cluster), MIGRATION_URL: '' });
    try {
      const verdict = async () => (await readLost(withToken(lost.token), later)).code;
      await expect.poll(verdict, patience).not.toBe('LIMITED_FUNCTIONALITY');
      expect(await verdict()).toBe('WRITE_LOST');
      expect((await readLost(withToken(survived.token), later)).errors).toEqual([]);
    } finally {
      await later.stop();
    }
  });

  it('brings the token to go on with, in each carrier', async () => {
    const refused = await readLost(withToken(lost.token));
    expect(refused.token).not.toBe(lost.token);
    expect(refused.consistency?.token).toBe(refused.token);
    expect(cookieOf(refused)).toContain(String(refused.token));
    const read = await readLost(withToken(String(refused.token)));
    // The id may be another order's by now.
    expect(read.errors).toEqual([]);
    expect(read.data.order?.number).not.toBe(lost.answer.data.createOrder.order.number);
  });

  it('heals a browser, which sends back what it was given', async () => {
    const cookie = cookieOf(lost.answer);
    const refused = await readLost({ cookie });
    expect(refused.code).toBe('WRITE_LOST');
    const read = await readLost({ cookie: cookieOf(refused) });
    expect(read.errors).toEqual([]);
  });

  it('is reported for a cursor of that time, and a client that was told may page on', async () => {
    const refused = await ask(api, page, { variables: { after: cursor } });
    expect(refused.code).toBe('WRITE_LOST');
    const headers = withToken(String(refused.token));
    const next = await ask(api, page, { variables: { after: cursor }, headers });
    expect(next.errors).toEqual([]);
    expect(next.data.orders.nodes).toHaveLength(1);
  });

  it('is reported once to a client that carries tokens with the library', async () => {
    const store = new TokenStore([lost.token]);
    const carried = tokenFetch(store);
    const body = JSON.stringify({ query: count });
    const call = async () => {
      const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
      return (await carried(api.url, { method: 'POST', headers, body })).json();
    };
    expect((await call()).errors?.[0]?.extensions.code).toBe('WRITE_LOST');
    expect(store.tokens).not.toContain(lost.token);
    expect(store.tokens).toHaveLength(1);
    const read = await call();
    expect(read.errors).toBeUndefined();
    expect(read.data.orderCounts.total).toBeGreaterThan(0);
  });

  it('is on record, with the end of the history before', async () => {
    const rows = async () => {
      const connection = await cluster.admin('replica-1');
      try {
        return await connection.query('SELECT epoch, source_id, end_of_previous FROM cluster_epochs ORDER BY epoch');
      } finally {
        await connection.end();
      }
    };
    await expect.poll(async () => (await rows()).length, patience).toBe(2);
    const [first, second] = await rows();
    expect(first.source_id).toBeTruthy();
    expect(second.source_id).not.toBe(first.source_id);
    expect(second.end_of_previous).toBeTruthy();
  });

  it('keeps the promise to whose writes survived', async () => {
    const read = await ask(api, one, { variables: { id: survived.id }, headers: withToken(survived.token) });
    expect(read.data?.order?.id).toBe(survived.id);
    expect((await ask(api, count, { headers: withToken(survived.token) })).errors).toEqual([]);
  });
});
