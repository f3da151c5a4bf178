import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AppRules } from '../../src/app/create-app.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { environmentFor } from '../consistency/api-process.ts';
import { caughtUp, migrateOrders } from '../support/engine.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { metric, orderPage, PageReader } from '../support/order-page.ts';
import { create, createOrder, withToken } from '../support/orders-over-http.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { TestRedis } from '../support/test-redis.ts';
import { until } from '../support/until.ts';

// Two API processes over one cluster and one Redis. Answers live for ten minutes: nothing but a write ends one here. A busy
// machine is no fault of Redis.
let cluster: TestCluster;
let redis: TestRedis;
let a: TestApi;
let b: TestApi;
const started: TestApi[] = [];
const replicas = ['replica-1', 'replica-2'] as const;

beforeAll(async () => {
  [cluster, redis] = await Promise.all([startTestCluster(), TestRedis.start()]);
  await migrateOrders(cluster);
  [a, b] = await Promise.all([another(), another()]);
  started.length = 0;
  for (let order = 0; order < 30; order += 1) await createOrder(a);
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((api) => api.stop()));
});
afterAll(async () => {
  await Promise.all([a.stop(), b.stop()]);
  await Promise.all([cluster.stop(), redis.stop()]);
});

async function another(environment: Readonly<Record<string, string>> = {}, rules: AppRules = {}): Promise<TestApi> {
  const api = await startApi(
    {
      ...environmentFor(cluster),
      REDIS_URL: redis.url,
      CACHE_TTL_MS: '600000',
      REDIS_TIMEOUT_MS: '5000',
      ...environment,
    },
    rules,
  );
  started.push(api);
  return api;
}

const isHit = async (api: TestApi, query = orderPage, headers: Readonly<Record<string, string>> = {}) =>
  (await ask(api, query, { headers })).consistency?.reason === 'cache-hit';

/** All that was written is on the replicas, and the page of now is kept. */
async function settled(query = orderPage): Promise<void> {
  for (const name of replicas) await caughtUp(cluster, name);
  await until('the page is kept', () => isHit(a, query));
}

async function whileWriting<T>(work: () => Promise<T>): Promise<T> {
  let done = false;
  const writing = (async () => {
    while (!done) await createOrder(a);
  })();
  try {
    return await work();
  } finally {
    done = true;
    await writing;
  }
}

describe('the order page', () => {
  it('is read once for all clients, whichever process they use', async () => {
    await settled();
    const read = await ask(a, orderPage, { headers: { 'x-consistency-level': 'strong' } });
    const decisions = await metric(a, 'tidemark_route_decisions_total');
    for (const api of [a, b, a, b]) {
      const { data, errors, consistency } = await ask(api, orderPage);
      expect(errors).toEqual([]);
      const strip = ({ orders: { pageInfo, ...orders }, orderCounts }: typeof data) => ({ orders, orderCounts });
      expect(strip(data)).toEqual(strip(read.data));
      expect(consistency).toMatchObject({
        reason: 'cache-hit',
        level: 'SESSION',
        servedBy: { node: expect.stringMatching(/^replica-/), role: 'REPLICA' },
        ageMs: expect.any(Number),
        token: expect.any(String),
      });
    }
    expect(await metric(a, 'tidemark_route_decisions_total')).toBe(decisions);
  });

  it('is the same with other words around it, and another one with other filters', async () => {
    await settled();
    const worded = `query Again($size: Int = 20, $counts: Boolean!) {
      list: orders(first: $size, where: null) { ...Page totalCount }
      orderCounts @include(if: $counts) { total pending missingProcessedAt missingCharge }
      cluster { source }
    } fragment Page on OrderConnection { edges { cursor node { number items { name } } } }`;
    const answer = await ask(b, worded, { variables: { counts: true } });
    expect(answer.consistency?.reason).toBe('cache-hit');
    expect(answer.data.list.edges).toHaveLength(20);
    const own = await ask(b, orderPage.replace('first: 20', 'first: 20, where: { userId: "77" }'));
    expect(own.consistency?.reason).not.toBe('cache-hit');
    expect(own.data.orders.totalCount).toBe(0);
  });

  it('is made once of what is kept, with the same cursors for all clients, and again when that changes', async () => {
    await settled();
    const session = new PageReader();
    const own = await session.ask(a, create, { variables: { userId: '6' } });
    for (const name of replicas) await caughtUp(cluster, name);
    const seen = await session.ask(a, orderPage);
    const [one, other] = [await session.ask(a, orderPage), await ask(a, orderPage)];
    expect([one.consistency?.reason, other.consistency?.reason]).toEqual(['cache-hit', 'cache-hit']);
    expect(other.data).toEqual(one.data);
    expect(one.data.orders.nodes).toEqual(seen.data.orders.nodes);
    const numbers = one.data.orders.nodes.map(({ number }: { number: string }) => number);
    expect(numbers).toContain(own.data.createOrder.order.number);
    const fewer = await ask(a, orderPage.replace('first: 20', 'first: 5'));
    expect(fewer.data.orders.nodes).toEqual(one.data.orders.nodes.slice(0, 5));
  });

  it('goes on behind its cursor from no older world', async () => {
    await settled();
    const { data, consistency } = await ask(a, orderPage);
    expect(consistency?.reason).toBe('cache-hit');
    const after = JSON.stringify(data.orders.pageInfo.endCursor);
    const next = await ask(b, `{ orders(first: 20, after: ${after}) { nodes { id } } }`);
    expect(next.consistency?.reason).not.toBe('cache-hit');
    const seen = new Set(data.orders.nodes.map(({ id }: { id: string }) => id));
    expect(next.data.orders.nodes.some(({ id }: { id: string }) => seen.has(id))).toBe(false);
  });

  it('is filled once, however many ask at a time', async () => {
    for (const name of replicas) await caughtUp(cluster, name);
    const query = '{ orders(first: 25, orderBy: { field: TOTAL }) { nodes { number } } orderCounts { total } }';
    const kept = async () =>
      (await metric(a, 'tidemark_cache_fills_total', 'kept')) + (await metric(b, 'tidemark_cache_fills_total', 'kept'));
    const before = await kept();
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => ask(index % 2 === 0 ? a : b, query)));
    expect(answers.every(({ errors }) => errors.length === 0)).toBe(true);
    // A machine so slow that the lease ends before the reading does may see it read once more.
    expect(await kept()).toBeGreaterThan(before);
    expect(await kept()).toBeLessThanOrEqual(before + 2);
  });

  it('shows one world, in which the list and the counts agree', async () => {
    const reader = new PageReader();
    await whileWriting(async () => {
      for (let round = 0; round < 50; round += 1) {
        const { data } = await reader.ask(round % 2 === 0 ? a : b, orderPage);
        expect(data.orders.totalCount).toBe(data.orderCounts.total);
      }
    });
    expect(reader.hits).toBeGreaterThan(0);
  });
});

describe('a session', () => {
  const newest = '{ orders(first: 20) { nodes { number } } orderCounts { total } }';

  /** Each writes, and looks at the page at once, on the other process; returns how often its own order was not there. */
  async function staleRounds(apis: readonly [TestApi, TestApi], clients: number, rounds: number): Promise<number> {
    let stale = 0;
    const client = async () => {
      const session = new PageReader();
      for (let round = 0; round < rounds; round += 1) {
        const [writer, reader] = round % 2 === 0 ? apis : [apis[1], apis[0]];
        const { data } = await session.ask(writer, create, { variables: { userId: '5' } });
        const page = await session.ask(reader, newest);
        const numbers = page.data.orders.nodes.map(({ number }: { number: string }) => number);
        if (!numbers.includes(data.createOrder.order.number)) stale += 1;
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
    return stale;
  }

  it('sees its own write on the page in 200 of 200 rounds, while others are answered from the cache', async () => {
    const others = new PageReader();
    let done = false;
    const reading = (async () => {
      while (!done) {
        others.token = null;
        await others.ask(others.answers % 2 === 0 ? a : b, newest);
        await systemClock.sleep(5);
      }
    })();
    const stale = await staleRounds([a, b], 5, 40);
    done = true;
    await reading;
    expect(stale).toBe(0);
    expect(others.hits).toBeGreaterThan(0);
  });

  it('would not, were answers given without a look at their position', async () => {
    const careless: AppRules = { mayAnswer: () => 'FRESH' };
    const prefix = { REDIS_PREFIX: 'careless:' };
    const apis = await Promise.all([another(prefix, careless), another(prefix, careless)]);
    expect(await staleRounds(apis as [TestApi, TestApi], 2, 20)).toBeGreaterThan(0);
  });

  it('never sees less than it has seen, whichever process answers', async () => {
    await whileWriting(async () => {
      const session = new PageReader();
      let seen = 0;
      for (let round = 0; round < 60; round += 1) {
        const query = round % 3 === 0 ? '{ orderCounts { total } }' : orderPage;
        const { data } = await session.ask(round % 2 === 0 ? a : b, query);
        expect(data.orderCounts.total).toBeGreaterThanOrEqual(seen);
        seen = data.orderCounts.total;
      }
    });
  });

  it('has seen what the cache showed: a replica that lacks it does not serve its next read', async () => {
    await settled();
    await Promise.all(replicas.map((name) => cluster.setDelay(name, 20)));
    try {
      const { id, token } = await createOrder(a);
      // Kept by hand of the writer: from the source, as no replica has it.
      const page = await ask(a, orderPage, { headers: withToken(token) });
      expect(page.data.orders.nodes[0].id).toBe(id);
      const reader = new PageReader();
      const { data, consistency } = await reader.ask(b, orderPage);
      const next = await reader.ask(b, `{ order(by: { id: ${JSON.stringify(data.orders.nodes[0].id)} }) { id } }`);
      expect(next.data.order).not.toBeNull();
      expect(consistency?.token).not.toBeNull();
    } finally {
      await Promise.all(replicas.map((name) => cluster.setDelay(name, 0)));
    }
  });
});

describe('each level', () => {
  it('is answered as far as it allows', async () => {
    await settled();
    const level = (name: string) => ({ 'x-consistency-level': name });
    expect(await isHit(a, orderPage, level('strong'))).toBe(false);
    expect(await isHit(a, orderPage, level('session'))).toBe(true);
    expect(await isHit(a, orderPage, level('bounded'))).toBe(true);
    const eventual = await ask(a, orderPage, { headers: level('eventual') });
    expect(eventual.consistency).toMatchObject({ reason: 'cache-hit', token: null });
  });

  it('a bound holds even if the cache was not told of a write', async () => {
    await settled();
    const before = (await ask(a, orderPage)).data.orderCounts.total;
    const admin = await cluster.admin('source');
    await admin.query(
      "INSERT INTO orders.orders (number, user_id, total, currency) VALUES ('T-TOLDNOBODY', 1, 1, 'EUR')",
    );
    await admin.end();
    const exact = { 'x-consistency-level': 'bounded', 'x-consistency-max-staleness-ms': '0' };
    expect((await ask(a, orderPage)).data.orderCounts.total).toBe(before);
    expect((await ask(a, orderPage, { headers: exact })).data.orderCounts.total).toBe(before + 1);
  });
});

describe('a write', () => {
  it('ends what is kept for others, too', async () => {
    for (const api of [b, a]) {
      await settled();
      const { id } = await createOrder(api);
      await until('a newcomer sees it', async () => (await ask(b, orderPage)).data.orders.nodes[0].id === id);
    }
  });

  it('keeps replicas that lack it from filling', async () => {
    await settled();
    await Promise.all(replicas.map((name) => cluster.setDelay(name, 20)));
    try {
      await createOrder(a);
      await until('what was kept is outdated', async () => !(await isHit(b)));
      for (let round = 0; round < 10; round += 1) {
        const { consistency } = await ask(round % 2 === 0 ? a : b, orderPage);
        expect(consistency?.reason).toBe('any-replica');
      }
      expect(await metric(b, 'tidemark_cache_fills_total', 'outdated')).toBeGreaterThan(0);
    } finally {
      await Promise.all(replicas.map((name) => cluster.setDelay(name, 0)));
    }
    await settled();
  });
});

describe('switched off', () => {
  it.each([
    ['by a time of 0', { CACHE_TTL_MS: '0' }],
    ['without Redis', { REDIS_URL: '' }],
  ])('%s, every page is read', async (_, environment) => {
    const api = await another(environment);
    for (let round = 0; round < 3; round += 1) expect(await isHit(api)).toBe(false);
  });
});

describe('a source without replicas', () => {
  it('fills the cache for sessions, too', async () => {
    const api = await another({ REPLICA_URLS: '', REDIS_PREFIX: 'alone:' });
    const { token } = await createOrder(api);
    await until('the page of the session is kept', () => isHit(api, orderPage, withToken(token)));
    const { data, consistency } = await ask(api, orderPage, { headers: withToken(token) });
    expect(consistency).toMatchObject({ reason: 'cache-hit', servedBy: { node: 'source', role: 'SOURCE' } });
    expect(data.orders.nodes).toHaveLength(20);
  });
});

describe('Redis that is killed', () => {
  it('is only missed in the log, and used again when it is back', async () => {
    const timeoutMs = 10_000;
    const api = await another({ REDIS_TIMEOUT_MS: String(timeoutMs) });
    await settled();
    const events = () => metric(api, 'tidemark_cluster_events_total', 'CACHE_UNAVAILABLE');
    const reads = async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(api, orderPage)));
      expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
      return answers.map(({ consistency }) => consistency?.reason);
    };
    await redis.kill();
    await reads();
    await until('it is missed', async () => (await events()) === 1);
    const startedMs = systemClock.monotonic();
    expect(await reads()).not.toContain('cache-hit');
    // Nobody waits for what is known to be gone.
    expect(systemClock.monotonic() - startedMs).toBeLessThan(timeoutMs);
    const { id } = await createOrder(api);
    await redis.restart();
    await until('it answers again', () => isHit(api));
    await until('nothing from before the write is left', async () => {
      const { data } = await ask(api, orderPage);
      return data.orders.nodes[0].id === id;
    });
    expect(await events()).toBe(1);
  });
});
