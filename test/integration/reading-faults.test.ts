import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { emptySession } from '../../src/consistency/session.ts';
import type { OrdersDatabase } from '../../src/database/orders/orders-client.ts';
import { SourceUnavailableError } from '../../src/routing/errors.ts';
import {
  caughtUp,
  type EngineOptions,
  migrateOrders,
  newOrder,
  nodesOf,
  openEngine,
  TestClient,
} from '../support/engine.ts';
import { FallingProxy } from '../support/falling-proxy.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

let cluster: TestCluster;
const open: OrdersDatabase[] = [];
const quick: EngineOptions = { monitor: { intervalMs: 300, downIntervalMs: 100, timeoutMs: 200 } };

beforeAll(async () => {
  cluster = await startTestCluster();
  await migrateOrders(cluster);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.stop()));
});
afterAll(() => cluster.stop());

async function engine(): Promise<OrdersDatabase> {
  const database = await openEngine(cluster, quick);
  open.push(database);
  return database;
}

type Load = { readonly failures: unknown[]; readonly served: Map<string, number>; end(): Promise<void> };

/** Readers that write now and then, each a session of its own, until they are told to end. */
function putUnderLoad(database: OrdersDatabase, readers = 8): Load {
  const failures: unknown[] = [];
  const served = new Map<string, number>();
  let running = true;
  const loop = async () => {
    const client = new TestClient(database);
    let number = '';
    for (let round = 0; running; round += 1) {
      if (round % 20 === 0) {
        const order = newOrder();
        await client.write(async (tx) => tx.order.create({ data: order })).catch((error) => failures.push(error));
        number = order.number;
      }
      try {
        const found = await client.read(async (reader) => reader.order.findUnique({ where: { number } }));
        if (found === null) failures.push(`stale on ${client.decision?.node}`);
        const node = client.decision?.node ?? '';
        served.set(node, (served.get(node) ?? 0) + 1);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const loops = Array.from({ length: readers }, loop);
  return {
    failures,
    served,
    end: async () => {
      running = false;
      await Promise.all(loops);
    },
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries === 300) throw new Error(`Not within half a minute: ${what}`);
    await pause(100);
  }
}

const stateOf = (database: OrdersDatabase, name: string) =>
  database.cluster.snapshot().find(({ node }) => node.name === name)?.state;

describe('under load', () => {
  it('no read fails when a replica is killed, and it serves again when it is back', async () => {
    const database = await engine();
    const load = putUnderLoad(database);
    await until(
      'both serve',
      () => (load.served.get('replica-1') ?? 0) > 20 && (load.served.get('replica-2') ?? 0) > 20,
    );
    await cluster.kill('replica-1');
    await until('it is missed', () => stateOf(database, 'replica-1') === 'DOWN');
    await pause(500);
    await cluster.cluster.startNode('replica-1');
    await until('it is seen', () => stateOf(database, 'replica-1') === 'HEALTHY');
    const before = load.served.get('replica-1') ?? 0;
    await until('it serves', () => (load.served.get('replica-1') ?? 0) > before + 20);
    await load.end();
    expect(load.failures).toEqual([]);
  });

  it('no read fails when a replica hangs', async () => {
    const database = await engine();
    const load = putUnderLoad(database);
    await until(
      'both serve',
      () => (load.served.get('replica-1') ?? 0) > 20 && (load.served.get('replica-2') ?? 0) > 20,
    );
    cluster.pause('replica-2');
    try {
      await until('it is missed', () => stateOf(database, 'replica-2') === 'DOWN');
      const before = load.served.get('replica-1') ?? 0;
      await until('the other one serves all', () => (load.served.get('replica-1') ?? 0) > before + 200);
    } finally {
      cluster.resume('replica-2');
    }
    await until('it is seen', () => stateOf(database, 'replica-2') === 'HEALTHY');
    await load.end();
    expect(load.failures).toEqual([]);
  });

  it('no read fails when all replicas are killed one after the other', async () => {
    const database = await engine();
    const load = putUnderLoad(database, 4);
    await until('reads run', () => (load.served.get('replica-1') ?? 0) > 20);
    await cluster.kill('replica-1');
    await cluster.kill('replica-2');
    await until('the source serves', () => (load.served.get('source') ?? 0) > 50);
    await Promise.all([cluster.cluster.startNode('replica-1'), cluster.cluster.startNode('replica-2')]);
    await until('they are back', () =>
      ['replica-1', 'replica-2'].every((name) => stateOf(database, name) === 'HEALTHY'),
    );
    await load.end();
    expect(load.failures).toEqual([]);
  });
});

describe('without the source', () => {
  it('replicas go on serving, writes are refused at once, and all is well when it is back', async () => {
    const database = await engine();
    const client = new TestClient(database);
    const order = newOrder();
    await client.write(async (tx) => tx.order.create({ data: order }));
    for (const name of ['replica-1', 'replica-2']) await caughtUp(cluster, name);
    await cluster.kill('source');
    await until('it is missed', () => stateOf(database, 'source') === 'DOWN');
    for (let round = 0; round < 50; round += 1) {
      const found = await client.read(async (reader) => reader.order.findUnique({ where: { number: order.number } }));
      expect(found?.number).toBe(order.number);
      expect(client.decision?.role).toBe('REPLICA');
    }
    const write = client.write(async (tx) => tx.order.create({ data: newOrder() }));
    await expect(write).rejects.toBeInstanceOf(SourceUnavailableError);
    await cluster.cluster.startNode('source');
    await until('it is back', () => stateOf(database, 'source') === 'HEALTHY');
    const next = newOrder();
    await client.write(async (tx) => tx.order.create({ data: next }));
    const found = await client.read(async (reader) => reader.order.findUnique({ where: { number: next.number } }));
    expect(found?.number).toBe(next.number);
  });
});

describe('killed connections', () => {
  it('are no outage: the node serves on, and is probed again', async () => {
    const database = await engine();
    const client = new TestClient(database);
    const read = () => client.read(async (reader) => reader.order.count());
    const count = await read();
    const admin = await cluster.admin('replica-1');
    try {
      const { user } = cluster.cluster.credentials.app;
      const rows: { id: bigint }[] = await admin.query('SELECT id FROM information_schema.processlist WHERE user = ?', [
        user,
      ]);
      const states: unknown[] = [];
      database.cluster.subscribe(() => states.push(stateOf(database, 'replica-1')));
      for (const { id } of rows) await admin.query(`KILL ${id}`);
      expect(await read()).toBe(count);
      await until('it was probed again', () => states.length > 2 && stateOf(database, 'replica-1') === 'HEALTHY');
      expect(states).not.toContain('DOWN');
    } finally {
      await admin.end();
    }
  });
});

describe('a server that is lost after everything was read', () => {
  it.each([
    ['replica-1', 'SESSION'],
    ['source', 'STRONG'],
  ] as const)('is left, although no probe has found out yet: %s', async (name, level) => {
    const proxy = await FallingProxy.start(cluster.node(name));
    const monitor = { intervalMs: 'off', downIntervalMs: 100, timeoutMs: 400 } as const;
    const nodes = nodesOf(cluster, { [name]: proxy.address }).filter((node) => node.name !== 'replica-2');
    const database = await openEngine(cluster, { nodes, monitor });
    open.push(database);
    const session = database.openSession({
      session: emptySession('orders', 1),
      intent: { level, whenBehind: 'WAIT', waitMs: 50, maxStalenessMs: null },
      writes: false,
    });
    try {
      await database.cluster.tracker(name).observe();
      // What two statements have seen is asked for behind them.
      for (let read = 0; read < 2; read += 1) await session.run(async () => session.client.order.count());
      expect(session.decision?.node).toBe(name);
      proxy.fall();
      await session.observe();
      expect([session.lostNodes, session.unobserved]).toEqual([new Set([name]), true]);
      expect(stateOf(database, name)).toBe('DOWN');
    } finally {
      session.end();
      await proxy.stop();
    }
  });
});

describe('a start with servers down', () => {
  it('serves what it can, and takes the others in as they come', async () => {
    await cluster.kill('replica-1');
    const database = await engine();
    const client = new TestClient(database);
    for (let round = 0; round < 20; round += 1) {
      const order = newOrder();
      await client.write(async (tx) => tx.order.create({ data: order }));
      const found = await client.read(async (reader) => reader.order.findUnique({ where: { number: order.number } }));
      expect(found?.number).toBe(order.number);
    }
    expect(stateOf(database, 'replica-1')).toMatch(/UNKNOWN|DOWN/);
    await cluster.cluster.startNode('replica-1');
    await until('it is seen', () => stateOf(database, 'replica-1') === 'HEALTHY');
    const load = putUnderLoad(database, 2);
    await until('it serves', () => (load.served.get('replica-1') ?? 0) > 5);
    await load.end();
    expect(load.failures).toEqual([]);
  });
});
