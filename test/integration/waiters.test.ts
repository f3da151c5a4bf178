import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConsistencyTimeoutError } from '../../src/consistency/errors.ts';
import type { OrdersDatabase } from '../../src/database/orders/orders-client.ts';
import { caughtUp, defaultEngine, migrateOrders, newOrder, openEngine, TestClient } from '../support/engine.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

const requests = 500;
/** Looks, positions, waits: what the engine keeps to each server beside the pool. */
const watching = 3;
const replicas = ['replica-1', 'replica-2'] as const;

let cluster: TestCluster;
let database: OrdersDatabase;

beforeAll(async () => {
  cluster = await startTestCluster();
  await migrateOrders(cluster);
  // Writers need no hurry here, however busy the machine is.
  database = await openEngine(cluster, {
    pool: { ...defaultEngine.pool, acquireTimeoutMs: 30_000 },
    // Replicas that are told to stay far behind are waited for here.
    health: { ...defaultEngine.health, maxLagMs: 300_000 },
  });
});
afterAll(async () => {
  await database.stop();
  await cluster.stop();
});

type Connections = { readonly all: number; readonly blocked: number };

/** What the application's account does on a server now. */
async function connectionsOn(name: string): Promise<Connections> {
  const admin = await cluster.admin(name);
  try {
    const { user } = cluster.cluster.credentials.app;
    const rows: { info: string | null }[] = await admin.query(
      'SELECT info FROM information_schema.processlist WHERE user = ?',
      [user],
    );
    const blocked = rows.filter(({ info }) => info !== null && /GTID_WAIT|WAIT_FOR_EXECUTED_GTID_SET/.test(info));
    return { all: rows.length, blocked: blocked.length };
  } finally {
    await admin.end();
  }
}

type Crowd = { readonly outcomes: unknown[]; readonly done: Promise<unknown> };

/** Requests that each wait for their own write, none of which can be applied yet. */
async function crowd(waitMs: number): Promise<Crowd> {
  const outcomes: unknown[] = [];
  const writers = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const clients: TestClient[] = [];
      for (let write = 0; write < requests / 10; write += 1) {
        const client = new TestClient(database);
        await client.write(async (tx) => tx.order.create({ data: newOrder() }));
        clients.push(client);
      }
      return clients;
    }),
  );
  const waiting = writers.flat().map(async (client) => {
    try {
      await client.read(async (reader) => reader.order.count(), { whenBehind: 'FAIL', waitMs });
      outcomes.push(client.decision?.reason);
    } catch (error) {
      outcomes.push(error);
    }
  });
  return { outcomes, done: Promise.all(waiting) };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries === 600) throw new Error(`Not within a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const waitingOn = (name: string) => database.cluster.tracker(name).waiting;

describe(`${requests} requests that wait`, () => {
  it('hold one blocked connection on each replica, and few others', async () => {
    const locks = await Promise.all(replicas.map((name) => cluster.admin(name)));
    // The applier runs and waits for the table: it gets on at once when that is free, without having stopped.
    const { outcomes, done } = await (async () => {
      try {
        for (const lock of locks) await lock.query('LOCK TABLES orders READ');
        const waiting = await crowd(60_000);
        await until('all wait', () => replicas.every((name) => waitingOn(name) === requests));
        const seen: Connections[] = [];
        for (let probe = 0; probe < 10; probe += 1) {
          seen.push(...(await Promise.all(replicas.map(connectionsOn))), await connectionsOn('source'));
        }
        const most = defaultEngine.pool.connectionsPerNode + watching;
        expect(Math.max(...seen.map(({ blocked }) => blocked))).toBe(1);
        expect(Math.max(...seen.map(({ all }) => all))).toBeLessThanOrEqual(most);
        expect((await connectionsOn('source')).blocked).toBe(0);
        expect(waiting.outcomes).toEqual([]);
        return waiting;
      } finally {
        for (const lock of locks) await lock.end();
      }
    })();
    await done;
    expect(new Set(outcomes)).toEqual(new Set(['replica-after-wait']));
    expect(replicas.map(waitingOn)).toEqual([0, 0]);
    for (const name of replicas) await caughtUp(cluster, name);
  });

  it('all end early when no replica applies any more', async () => {
    for (const name of replicas) await cluster.setDelay(name, 60);
    const { outcomes, done } = await crowd(600_000);
    await until('all wait', () => replicas.every((name) => waitingOn(name) === requests));
    for (const name of replicas) await cluster.stopApplier(name);
    await done;
    expect(outcomes).toHaveLength(requests);
    expect(outcomes.every((outcome) => outcome instanceof ConsistencyTimeoutError)).toBe(true);
    expect(replicas.map(waitingOn)).toEqual([0, 0]);
    expect(Math.max(...(await Promise.all(replicas.map(connectionsOn))).map(({ blocked }) => blocked))).toBe(0);
  });
});
