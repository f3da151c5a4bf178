import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ApiProcess, startApiProcess } from '../consistency/api-process.ts';
import { caughtUp, migrateOrders } from '../support/engine.ts';
import { ask } from '../support/in-process-api.ts';
import { count, create, createOrder, one } from '../support/orders-over-http.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

let cluster: TestCluster;
const started: ApiProcess[] = [];

beforeAll(async () => {
  cluster = await startTestCluster({ backup: true, redis: true });
  await migrateOrders(cluster);
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((api) => api.stop()));
});
afterAll(() => cluster.stop());

async function start(until: 'livez' | 'readyz' = 'readyz'): Promise<ApiProcess> {
  const redis = cluster.urls().redis;
  const environment: Record<string, string> = redis === null ? {} : { REDIS_URL: redis };
  const api = await startApiProcess(cluster, { environment, until });
  started.push(api);
  return api;
}

async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries += 1) {
    if (tries === 300) throw new Error(`Not within half a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** How a server is missing, and how it comes back. */
const ways = {
  dead: {
    miss: (name: string) => cluster.kill(name),
    back: async (name: string) => void (await cluster.cluster.startNode(name)),
  },
  hung: {
    miss: async (name: string) => cluster.pause(name),
    back: async (name: string) => cluster.resume(name),
  },
} as const;

describe.each(['dead', 'hung'] as const)('a start with a %s server', (way) => {
  const { miss, back } = ways[way];

  it.each(['replica-1', 'backup'])('opens, reads and writes without %s, and says so', async (name) => {
    await miss(name);
    try {
      const api = await start();
      const { id } = await createOrder(api);
      expect((await ask(api, one, { variables: { id } })).errors).toEqual([]);
      if (name !== 'backup') expect(await (await fetch(readyz(api))).text()).toContain(name);
    } finally {
      await back(name);
    }
  });

  it('opens and reads without the source, refuses writes, and writes once it is back', async () => {
    for (const name of ['replica-1', 'replica-2']) await caughtUp(cluster, name);
    await miss('source');
    let api: ApiProcess;
    try {
      api = await start();
      const read = await ask(api, count);
      expect(read.errors).toEqual([]);
      expect(read.consistency?.servedBy?.role).toBe('REPLICA');
      const write = await ask(api, create, { variables: { userId: '1' } });
      expect(write.code).toBe('SOURCE_UNAVAILABLE');
      expect(write.errors[0]?.extensions.retryAfterMs).toBe(1000);
      expect(write.headers.get('retry-after')).toBe('1');
      expect(api.output().join('\n')).toContain('MIGRATION_URL');
    } finally {
      await back('source');
    }
    await eventually('a write goes through', async () => {
      const { errors } = await ask(api, create, { variables: { userId: '1' } });
      return errors.length === 0;
    });
  });
});

describe('a start without the source of an empty cluster', () => {
  it('migrates it once it is back', async () => {
    const admin = await cluster.admin('source');
    await admin.query('DROP TABLE IF EXISTS order_items, orders');
    await admin.query('DELETE FROM _prisma_migrations');
    await admin.query('SET @@session.foreign_key_checks = 0');
    const left: { name: string }[] = await admin.query(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
    );
    for (const { name } of left) if (name !== '_prisma_migrations') await admin.query(`DROP TABLE \`${name}\``);
    await admin.end();
    await cluster.kill('source');
    // Not ready: the replicas have no tables either.
    const api = await start('livez');
    expect((await fetch(readyz(api))).status).toBe(503);
    await cluster.cluster.startNode('source');
    await eventually('the schema is there', async () => {
      const { errors } = await ask(api, create, { variables: { userId: '1' } });
      return errors.length === 0;
    });
  });
});

const readyz = ({ url }: ApiProcess) => url.replace('/graphql', '/readyz');
