import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { environmentFor } from '../consistency/api-process.ts';
import { migrateOrders } from '../support/engine.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { cookieOf, count, createOrder, one } from '../support/orders-over-http.ts';
import { RedisServer } from '../support/redis-server.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { until } from '../support/until.ts';

// Two deployments as people have them: one Redis, the default name, and the keys of the same example.
let shop: TestCluster;
let copy: TestCluster;
let redis: RedisServer;
const open: TestApi[] = [];

beforeAll(async () => {
  shop = await startTestCluster({ replicas: 1 });
  [copy, redis] = await Promise.all([startTestCluster({ replicas: 0 }), RedisServer.start()]);
  await Promise.all([migrateOrders(shop), migrateOrders(copy)]);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((api) => api.stop()));
  await redis.ask('flushall');
});
afterAll(async () => {
  await redis?.stop();
  await shop?.stop();
  await copy?.stop();
});

async function start(cluster: TestCluster): Promise<TestApi> {
  const { TOKEN_KEYS = '' } = environmentFor(shop);
  const alike = { CLUSTER_ID: 'orders', REDIS_URL: redis.url, TOKEN_KEYS, REFRESH_INTERVAL_MS: 'off' };
  const api = await startApi({ ...environmentFor(cluster), ...alike });
  open.push(api);
  await until('jobs can be reached', async () => (await ask(api, '{ jobs { available } }')).data.jobs.available);
  return api;
}

async function rowsOf(cluster: TestCluster): Promise<readonly { server: string; cluster: string }[]> {
  const source = await cluster.admin('source');
  try {
    return await source.query('SELECT server, cluster FROM cluster_servers ORDER BY server');
  } finally {
    await source.end();
  }
}

const list = '{ orders(first: 20) { nodes { number } } orderCounts { total } }';
const nameOf = (cookie: string) => cookie.split('=')[0] ?? '';
const keys = async () => (await redis.ask('keys', '*')) as string[];

it('two clusters of one name and one Redis never meet, also when one has the data of the other', async () => {
  const first = await start(shop);
  const rows = await rowsOf(shop);
  expect(new Set(rows.map(({ cluster }) => cluster)).size).toBe(1);
  // As a restored backup has them.
  const source = await copy.admin('source');
  await source.batch(
    'INSERT INTO cluster_servers (server, cluster) VALUES (?, ?)',
    rows.map(({ server, cluster }) => [server, cluster]),
  );
  await source.end();
  const second = await start(copy);
  expect(new Set((await rowsOf(copy)).map(({ cluster }) => cluster)).size).toBe(2);

  const { id, answer } = await createOrder(first);
  for (let round = 0; round < 5; round += 1) await createOrder(first);
  await until(
    'the list of the first is kept',
    async () => (await ask(first, list)).consistency?.reason === 'cache-hit',
  );
  const seen = await ask(second, list);
  expect(seen.data).toEqual({ orders: { nodes: [] }, orderCounts: { total: 0 } });
  expect(seen.consistency?.reason).not.toBe('cache-hit');
  const recheck = 'mutation ($ids: [ID!]) { recheckOrders(input: { ids: $ids }) { __typename } }';
  await ask(first, recheck, { variables: { ids: [id] } });
  expect((await ask(second, '{ jobs { recent { id } queues { waiting } } }')).data.jobs).toMatchObject({
    recent: [],
    queues: [{ waiting: 0 }, { waiting: 0 }],
  });
  const [own = ''] = [...new Set(rows.map(({ cluster }) => cluster))];
  const stray = (await keys()).filter((key) => !/^tidemark:orders:[0-9a-f]{24}:/.test(key));
  expect(stray).toEqual(['tidemark:orders:clusters']);
  expect((await keys()).some((key) => key.includes(own))).toBe(true);

  // A browser that visits both keeps both.
  const other = (await createOrder(second)).answer;
  expect(nameOf(cookieOf(other))).not.toBe(nameOf(cookieOf(answer)));
  const both = { cookie: `${cookieOf(answer)}; ${cookieOf(other)}` };
  expect((await ask(first, one, { variables: { id }, headers: both })).data.order.id).toBe(id);
  expect((await ask(second, count, { headers: both })).errors).toEqual([]);

  const problems = async (api: TestApi) =>
    (await ask(api, '{ cluster { verdict problems { code variable value } } }')).data;
  for (const api of [first, second]) {
    await until('it is told', async () => (await problems(api)).cluster.problems.length > 0);
    expect((await problems(api)).cluster).toEqual({
      verdict: 'DEGRADED',
      problems: [{ code: 'CLUSTER_ID_SHARED', variable: 'CLUSTER_ID', value: 'orders' }],
    });
  }
});

it('a cluster keeps its name over restarts, and all its processes have one', async () => {
  const before = await start(shop);
  const name = nameOf(cookieOf((await createOrder(before)).answer));
  const beside = await start(shop);
  expect(nameOf(cookieOf((await createOrder(beside)).answer))).toBe(name);
  await until('what one has read the other shows', async () => {
    await ask(before, list);
    return (await ask(beside, list)).consistency?.reason === 'cache-hit';
  });
  await Promise.all(open.splice(0).map((api) => api.stop()));
  await shop.restart('source');
  const after = await start(shop);
  await until('it writes again', async () => {
    const { errors, cookie } = await ask(
      after,
      `mutation { createOrder(input: { userId: "1", currency: "EUR", items: [{ sku: "S", name: "N", quantity: 1, unitPrice: "1.00" }] }) { __typename } }`,
    );
    return errors.length === 0 && nameOf(String(cookie)) === name;
  });
});

it('a process that has seen no source yet touches nothing that is shared, and does when it has', async () => {
  await redis.ask('flushall');
  await copy.kill('source');
  const api = await startApi({ ...environmentFor(copy), CLUSTER_ID: 'orders', REDIS_URL: redis.url });
  open.push(api);
  const jobs = (await ask(api, '{ jobs { available trouble } }')).data.jobs;
  expect(jobs).toEqual({
    available: false,
    trouble: expect.stringContaining('no database server has identified the cluster'),
  });
  expect(await keys()).toEqual([]);
  await copy.cluster.startNode('source');
  await until('jobs can be reached', async () => (await ask(api, '{ jobs { available } }')).data.jobs.available);
  expect((await keys()).length).toBeGreaterThan(0);
});
