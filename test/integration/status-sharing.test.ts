import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app/create-app.ts';
import type { ClusterEvent } from '../../src/cluster/cluster-event.ts';
import { statusOf } from '../../src/cluster/cluster-snapshot.ts';
import { SharedStatuses } from '../../src/cluster/shared-statuses.ts';
import { readConfig } from '../../src/config/read-config.ts';
import type { OrdersDatabase } from '../../src/database/orders/orders-client.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { Redis } from '../../src/platform/redis.ts';
import { migrateOrders, openEngine, TestClient } from '../support/engine.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { TestRedis } from '../support/test-redis.ts';
import { until } from '../support/until.ts';

let cluster: TestCluster;
let redisServer: TestRedis;
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  [cluster, redisServer] = await Promise.all([startTestCluster(), TestRedis.start()]);
  await migrateOrders(cluster);
});
afterEach(async () => {
  for (const stop of open.splice(0).reverse()) await stop();
});
afterAll(async () => {
  await redisServer.stop();
  await cluster.stop();
});

const watchful = { intervalMs: 100, downIntervalMs: 100, timeoutMs: 300 };
/** Would find out by itself only long after a test has failed. */
const drowsy = { intervalMs: 600_000, downIntervalMs: 250, timeoutMs: 300 };

function connect(prefix: string): Redis {
  return new Redis({ target: redisServer.target, prefix, clock: systemClock, random: Math.random, timeoutMs: 100 });
}

/** An engine as one API process runs it, and the Redis connection that it shares statuses through. */
async function engine(pace: typeof watchful, prefix = 'tidemark:test:') {
  const database = await openEngine(cluster, { monitor: pace });
  open.push(() => database.stop());
  const redis = connect(prefix);
  const options = { redis, cluster: database.cluster, clock: systemClock, random: Math.random, ttlMs: 3000 };
  const statuses = new SharedStatuses(options);
  const events: ClusterEvent[] = [];
  database.cluster.events.subscribe((event) => events.push(event));
  await statuses.start();
  open.push(() => statuses.stop());
  return { database, redis, events };
}

const stateOf = (database: OrdersDatabase, name: string) => statusOf(database.cluster.snapshot(), name)?.state;
const wellKnown = (database: OrdersDatabase) =>
  until('both replicas are well', () =>
    ['replica-1', 'replica-2'].every((name) => stateOf(database, name) === 'HEALTHY'),
  );

describe('two processes that share a Redis', () => {
  it.each(['killed', 'hung'])(
    'both leave a replica that is %s, although one hardly probes, and return to it',
    async (how) => {
      const a = await engine(watchful);
      const b = await engine(drowsy);
      await wellKnown(b.database);
      if (how === 'killed') await cluster.kill('replica-1');
      else cluster.pause('replica-1');
      await until('the watchful one knows', () => stateOf(a.database, 'replica-1') === 'DOWN');
      await until('the other one has seen it, too', () => {
        const status = statusOf(b.database.cluster.snapshot(), 'replica-1');
        return status?.state === 'DOWN' && !status.trouble?.includes('another process');
      });
      const client = new TestClient(b.database);
      for (let round = 0; round < 20; round += 1) {
        await client.read(async (reader) => reader.order.count());
        expect(client.decision?.node).not.toBe('replica-1');
      }
      if (how === 'killed') await cluster.cluster.startNode('replica-1');
      else cluster.resume('replica-1');
      await until('the other one returns to it', () => stateOf(b.database, 'replica-1') === 'HEALTHY');
    },
  );

  it('do not hear each other under different prefixes', async () => {
    const a = await engine(watchful, 'tidemark:one:');
    const b = await engine(drowsy, 'tidemark:two:');
    const outsider = connect('tidemark:one:');
    const heard: string[] = [];
    outsider.listen('status', (text) => heard.push(text));
    await outsider.start();
    open.push(() => outsider.close());
    cluster.pause('replica-1');
    try {
      await until('the watchful one knows', () => stateOf(a.database, 'replica-1') === 'DOWN');
      await until('it has said so', () => heard.some((text) => text.includes(' replica-1 DOWN ')));
      expect(stateOf(b.database, 'replica-1')).toBe('HEALTHY');
      const keys = await b.redis.call('keys', ['tidemark:two:*']);
      expect(String(await b.redis.call('mget', [String(keys)]))).not.toContain('DOWN');
    } finally {
      cluster.resume('replica-1');
    }
    await wellKnown(a.database);
  });

  it('keep one short key a node, which ends with them', async () => {
    const a = await engine(watchful, 'tidemark:short:');
    await engine(watchful, 'tidemark:short:');
    const keys = () => a.redis.call('keys', ['tidemark:short:status:*'], { patienceMs: 1000 }).catch(() => []);
    const expected = cluster.cluster.nodes.map(({ name }) => `tidemark:short:status:${name}`);
    await until(
      'every node has one',
      async () => String([...((await keys()) as string[])].sort()) === String([...expected].sort()),
    );
    for (const key of expected) {
      expect(Number(await a.redis.call('pttl', [key]))).toBeGreaterThan(0);
      expect(String(await a.redis.call('get', [key])).length).toBeLessThan(300);
    }
    for (const stop of open.splice(0).reverse()) await stop();
    const outsider = connect('');
    open.push(() => outsider.close());
    await outsider.start();
    await until('they end', async () => String(await outsider.call('keys', ['tidemark:short:status:*'])) === '');
  });
});

describe('a process that starts', () => {
  it('does not wait for a node that others know to be down', async () => {
    // Its servers get their name from the first process that sees them.
    await apiWith({ REDIS_PREFIX: 'tidemark:start:' }).start();
    const source = await cluster.admin('source');
    let name: string | undefined;
    await until('they are named', async () => {
      const [row] = await source.query('SELECT cluster FROM cluster_servers LIMIT 1');
      name = row?.cluster;
      return name !== undefined;
    });
    await source.end();
    const prefix = `tidemark:start:${name}:`;
    await open.splice(0)[0]?.();
    const a = await engine(watchful, prefix);
    cluster.pause('replica-1');
    try {
      await until('it is known', async () =>
        String(await a.redis.call('get', [`${prefix}status:replica-1`]).catch(() => '')).includes('DOWN'),
      );
      const app = apiWith({
        REDIS_PREFIX: 'tidemark:start:',
        MONITOR_TIMEOUT_MS: '60000',
        MONITOR_INTERVAL_MS: '60000',
      });
      await app.start();
      const replica = app.health().nodes.find(({ name }) => name === 'replica-1');
      expect(replica).toMatchObject({ state: 'DOWN', trouble: expect.stringContaining('for another process') });
      expect(app.health().nodes.find(({ name }) => name === 'replica-2')?.state).toBe('HEALTHY');
      cluster.resume('replica-1');
      await until('it is seen', () => app.health().nodes.find(({ name }) => name === 'replica-1')?.state === 'HEALTHY');
    } finally {
      cluster.resume('replica-1');
    }
  });

  it('serves without Redis, and shares when it comes', async () => {
    await redisServer.kill();
    const a = await engine(watchful);
    const b = await engine(drowsy);
    for (const { database, events } of [a, b]) {
      expect(events.filter(({ name }) => name === 'CACHE_UNAVAILABLE')).toHaveLength(1);
      expect(await new TestClient(database).read(async (reader) => reader.order.count())).toBeGreaterThanOrEqual(0);
    }
    await redisServer.restart();
    for (const { events } of [a, b]) {
      await until('it is found', () => events.some(({ name }) => name === 'CACHE_RESTORED'));
    }
    cluster.pause('replica-2');
    try {
      await until('both know', () => [a, b].every(({ database }) => stateOf(database, 'replica-2') === 'DOWN'));
    } finally {
      cluster.resume('replica-2');
    }
    await wellKnown(b.database);
  });
});

describe('Redis that is lost while requests run', () => {
  it.each(['killed', 'hung'])('%s, is an event, and no request waits for it', async (how) => {
    const { database, redis, events } = await engine(watchful);
    if (how === 'killed') await redisServer.kill();
    else redisServer.pause();
    try {
      await until('it is missed', () => events.some(({ name }) => name === 'CACHE_UNAVAILABLE'));
      const client = new TestClient(database);
      for (let round = 0; round < 50; round += 1) await client.read(async (reader) => reader.order.count());
      cluster.pause('replica-2');
      await until('local knowledge goes on', () => stateOf(database, 'replica-2') === 'DOWN');
      cluster.resume('replica-2');
      await until('both ways', () => stateOf(database, 'replica-2') === 'HEALTHY');
    } finally {
      cluster.resume('replica-2');
      if (how === 'killed') await redisServer.restart();
      else redisServer.resume();
    }
    // Servers may have something to tell at the same time.
    await until('it is back', () => events.some(({ name }) => name === 'CACHE_RESTORED'));
    await until('it is told what there is', async () =>
      String(await redis.call('get', [redis.key('status', 'replica-2')]).catch(() => '')).includes('HEALTHY'),
    );
    expect(events.filter(({ name }) => name.startsWith('CACHE_')).map(({ name }) => name)).toEqual([
      'CACHE_UNAVAILABLE',
      'CACHE_RESTORED',
    ]);
  });
});

function apiWith(environment: Readonly<Record<string, string>>) {
  const { source, replicas } = cluster.urls();
  const read = readConfig({
    SOURCE_URL: source,
    REPLICA_URLS: replicas.join(','),
    REDIS_URL: redisServer.url,
    ...environment,
  });
  if (read.mode !== 'external') throw new Error('The environment names no servers');
  const app = createApp(read.config, createLog({ level: 'silent', format: 'json' }));
  open.push(() => app.stop());
  return app;
}
