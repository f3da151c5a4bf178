import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { environmentFor } from '../consistency/api-process.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { caughtUp, migrateOrders } from '../support/engine.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { count, create, createOrder, one, withToken } from '../support/orders-over-http.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

// What clients are told over HTTP while servers fall, and that all of it ends by itself.
let cluster: TestCluster;
let api: TestApi;
const started: TestApi[] = [];
const servers = ['source', 'replica-1', 'replica-2'] as const;

beforeAll(async () => {
  cluster = await startTestCluster({ backup: true });
  await migrateOrders(cluster);
  await mirrorTables();
  api = await startApi(environmentFor(cluster));
  await createOrder(api);
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((other) => other.stop()));
});
afterAll(async () => {
  await api.stop();
  await cluster.stop();
});

/** The tables of orders, as a mirror has them: no more than those. */
async function mirrorTables(): Promise<void> {
  const source = await cluster.admin('source');
  const backup = await cluster.admin('backup');
  for (const table of ['orders', 'order_items']) {
    const [row] = await source.query(`SHOW CREATE TABLE ${table}`);
    await backup.query(String(row['Create Table']));
  }
  await source.end();
  await backup.end();
}

async function another(environment: Readonly<Record<string, string>>): Promise<TestApi> {
  const other = await startApi({ ...environmentFor(cluster), ...environment });
  started.push(other);
  return other;
}

async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries += 1) {
    if (tries === 300) throw new Error(`Not within half a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const startAgain = (names: readonly string[]) => Promise.all(names.map((name) => cluster.cluster.startNode(name)));
const write = () => ask(api, create, { variables: { userId: '1' } });

async function untilWhole(): Promise<void> {
  await eventually('writes and reads of replicas', async () => {
    const { errors } = await write();
    const { consistency } = await ask(api, count, { headers: { 'x-consistency-level': 'eventual' } });
    return errors.length === 0 && consistency?.servedBy?.role === 'REPLICA';
  });
}

describe('with everything down but the backup', () => {
  it('reads without a past are served by it and carry no token, all others are told when to come back', async () => {
    const { id, token } = await createOrder(api);
    const careful = await another({ BACKUP_READS: 'false' });
    await Promise.all(servers.map((name) => cluster.kill(name)));
    try {
      for (const headers of [{}, { 'x-consistency-level': 'eventual' }]) {
        const read = await ask(api, count, { headers });
        expect(read.errors).toEqual([]);
        expect(read.consistency).toMatchObject({
          servedBy: { node: 'backup', role: 'BACKUP' },
          reason: 'backup-last-resort',
          token: null,
        });
        expect([read.token, read.cookie]).toEqual([null, null]);
      }
      const asked = [
        await ask(api, one, { variables: { id }, headers: withToken(token) }),
        await ask(api, one, { variables: { id }, headers: { ...withToken(token), 'x-consistency-level': 'eventual' } }),
        await ask(api, count, { headers: { 'x-consistency-level': 'bounded' } }),
        await ask(careful, count),
      ];
      for (const { code, errors, headers, status } of asked) {
        expect([code, status, headers.get('retry-after')]).toEqual(['LIMITED_FUNCTIONALITY', 503, '1']);
        expect(errors[0]?.extensions).toMatchObject({ retryable: true, retryAfterMs: 1000 });
      }
      const refused = await write();
      expect([refused.code, refused.headers.get('retry-after')]).toEqual(['SOURCE_UNAVAILABLE', '1']);
      expect((await ask(api, count, { headers: { 'x-consistency-level': 'strong' } })).code).toBe('SOURCE_UNAVAILABLE');
      expect((await fetch(api.url.replace('/graphql', '/readyz'))).status).toBe(503);
    } finally {
      await startAgain(servers);
    }
    await untilWhole();
  });
});

describe('with everything down', () => {
  it('says so, and serves again by itself', async () => {
    const all = [...servers, 'backup'];
    await Promise.all(all.map((name) => cluster.kill(name)));
    try {
      await ask(api, count);
      expect((await ask(api, count)).code).toBe('LIMITED_FUNCTIONALITY');
      expect((await write()).code).toBe('SOURCE_UNAVAILABLE');
    } finally {
      await startAgain(all);
    }
    await untilWhole();
  });
});

describe('with all replicas hung', () => {
  it('the source serves every read, each of them fresh', async () => {
    for (const name of ['replica-1', 'replica-2']) cluster.pause(name);
    try {
      for (let round = 0; round < 10; round += 1) {
        const { id, token } = await createOrder(api);
        const reads = Array.from({ length: 4 }, () => ask(api, one, { variables: { id }, headers: withToken(token) }));
        for (const { data } of await Promise.all(reads)) expect(data?.order?.id).toBe(id);
      }
      expect((await ask(api, count)).consistency?.servedBy?.node).toBe('source');
    } finally {
      for (const name of ['replica-1', 'replica-2']) cluster.resume(name);
    }
    await untilWhole();
  });
});

describe('with the source hung', () => {
  it('writes fail typed, reads that a replica satisfies go on, and writes come back', async () => {
    const { id, token } = await createOrder(api);
    for (const name of ['replica-1', 'replica-2']) await caughtUp(cluster, name);
    cluster.pause('source');
    try {
      const writes = await Promise.all([write(), write(), write()]);
      for (const { code } of writes) expect(code).toBe('SOURCE_UNAVAILABLE');
      for (let round = 0; round < 20; round += 1) {
        const read = await ask(api, one, { variables: { id }, headers: withToken(token) });
        expect(read.data?.order?.id).toBe(id);
        expect(read.consistency?.servedBy?.role).toBe('REPLICA');
      }
    } finally {
      cluster.resume('source');
    }
    await untilWhole();
  });
});

describe('a replica that stops applying', () => {
  it('is named, and serves no read that is bound to be fresher', async () => {
    const own = await another({ MONITOR_INTERVAL_MS: '200' });
    for (const name of ['replica-1', 'replica-2']) await cluster.stopApplier(name);
    try {
      const { id } = await createOrder(own);
      await new Promise((resolve) => setTimeout(resolve, 600));
      const headers = { 'x-consistency-level': 'bounded', 'x-consistency-max-staleness-ms': '500' };
      for (let round = 0; round < 10; round += 1) {
        expect((await ask(own, one, { variables: { id }, headers })).data?.order?.id).toBe(id);
      }
      await eventually('it is named', async () => {
        const ready = await (await fetch(own.url.replace('/graphql', '/readyz'))).text();
        return servers.slice(1).every((name) => ready.includes(name)) && ready.includes('has stopped applying');
      });
    } finally {
      for (const name of ['replica-1', 'replica-2']) await cluster.startApplier(name);
    }
    await untilWhole();
  });
});

describe('a write whose connection is lost at commit', () => {
  it.each(['before', 'after'] as const)(
    'is settled before it is told, and its idempotency key brings the same (cut %s it arrives)',
    async (cut) => {
      const { host, port } = cluster.node('source');
      const proxy = await CuttingProxy.start({ host, port });
      try {
        const url = new URL(cluster.urls().source);
        url.port = String(proxy.address.port);
        const own = await another({ SOURCE_URL: url.href });
        const text = create.replace('currency: "EUR"', `currency: "EUR", idempotencyKey: "settle-${cut}"`);
        const send = () => ask(own, text, { variables: { userId: '77' } });
        proxy.cutAt('COMMIT', cut);
        const lost = await send();
        expect(lost.code).toBeUndefined();
        const numbers = new Set<string>([lost.data.createOrder.order.number]);
        await eventually('the write is settled twice alike', async () => {
          const again = await send();
          if (again.errors.length > 0) return false;
          numbers.add(again.data.createOrder.order.number);
          return numbers.size > 0 && (await send()).data.createOrder.order.number === [...numbers][0];
        });
        const counted = await ask(own, `{ orders(where: { userId: "77" }) { nodes { number } } }`, {
          headers: { 'x-consistency-level': 'strong' },
        });
        const own77 = counted.data.orders.nodes.map((order: { number: string }) => order.number);
        expect(new Set(own77).size).toBe(own77.length);
        expect(own77.length).toBe(cut === 'before' ? 1 : 2);
      } finally {
        await Promise.all(started.splice(0).map((other) => other.stop()));
        await proxy.stop();
      }
    },
  );
});
