import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { environmentFor } from '../consistency/api-process.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { caughtUp, migrateOrders } from '../support/engine.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { createOrder, one, withToken } from '../support/orders-over-http.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

let cluster: TestCluster;
let a: TestApi;
let b: TestApi;
const started: TestApi[] = [];
const replicas = ['replica-1', 'replica-2'] as const;

beforeAll(async () => {
  cluster = await startTestCluster();
  await migrateOrders(cluster);
  [a, b] = await Promise.all([another(), another()]);
  started.length = 0;
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((api) => api.stop()));
});
afterAll(async () => {
  await Promise.all([a.stop(), b.stop()]);
  await cluster.stop();
});

async function another(environment: Readonly<Record<string, string>> = {}): Promise<TestApi> {
  const api = await startApi({ ...environmentFor(cluster), ...environment });
  started.push(api);
  return api;
}

describe('a query whose node is lost in the middle', () => {
  it('is run again, and answers as if nothing had happened', async () => {
    const { host, port } = cluster.node('replica-1');
    const proxy = await CuttingProxy.start({ host, port });
    try {
      const url = new URL(cluster.urls().replicas[0] ?? '');
      url.port = String(proxy.address.port);
      const api = await another({ REPLICA_URLS: url.href });
      const userId = '1';
      const { token } = await createOrder(a, { variables: { userId } });
      const text =
        'query ($userId: ID!, $status: [OrderStatus!]) { orders(first: 5, where: { userId: $userId, status: $status }) { totalCount nodes { id } } }';
      // Other filters make other statements: those that the connection has prepared already pass without their text.
      const filters = ['PENDING', 'PAID', 'SHIPPED', 'COMPLETED', 'CANCELLED'];
      const query = (status: readonly string[] | null) => ({
        variables: { userId, status },
        headers: { ...withToken(token), 'x-consistency-wait-ms': '2000' },
      });
      const before = await ask(api, text, query(null));
      expect(before.consistency?.servedBy?.node).toBe('replica-1');
      for (let round = 1; round <= filters.length; round += 1) {
        proxy.cutAt('COUNT(', 'before', 100);
        const answer = await ask(api, text, query(filters.slice(0, round)));
        expect(proxy.armed).toBe(false);
        expect(answer.errors).toEqual([]);
        expect(answer.data).toEqual(before.data);
        // The replica itself may answer on a new connection, or the source meanwhile.
        expect(['source', 'replica-1']).toContain(answer.consistency?.servedBy?.node);
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      const after = await ask(api, text, query(null));
      expect(after.consistency?.servedBy?.node).toBe('replica-1');
    } finally {
      await Promise.all(started.splice(0).map((api) => api.stop()));
      await proxy.stop();
    }
  });
});

describe('a query whose replica is killed', () => {
  it('answers, and so do all the others of that moment', async () => {
    const { id, token } = await createOrder(a);
    for (const name of replicas) await caughtUp(cluster, name);
    let asking = true;
    const failures: unknown[] = [];
    const loops = Array.from({ length: 6 }, async (_, index) => {
      while (asking) {
        const read = await ask(index % 2 === 0 ? a : b, one, { variables: { id }, headers: withToken(token) });
        if (read.data?.order?.id !== id) failures.push(read);
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await cluster.kill('replica-2');
    await new Promise((resolve) => setTimeout(resolve, 800));
    await cluster.cluster.startNode('replica-2');
    asking = false;
    await Promise.all(loops);
    expect(failures).toEqual([]);
  });
});
