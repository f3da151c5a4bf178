import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConsistencyTimeoutError } from '../../src/consistency/errors.ts';
import type { WhenBehind } from '../../src/consistency/levels.ts';
import type { OrdersDatabase } from '../../src/database/orders/orders-client.ts';
import { caughtUp, type EngineOptions, migrateOrders, newOrder, openEngine, TestClient } from '../support/engine.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

let cluster: TestCluster;
const open: OrdersDatabase[] = [];
const replicas = ['replica-1', 'replica-2'] as const;

beforeAll(async () => {
  cluster = await startTestCluster();
  await migrateOrders(cluster);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.stop()));
});
afterAll(() => cluster.stop());

async function engine(options: EngineOptions = {}): Promise<OrdersDatabase> {
  const database = await openEngine(cluster, options);
  open.push(database);
  return database;
}

async function writeOrder(client: TestClient): Promise<string> {
  const order = newOrder();
  await client.write(async (tx) => tx.order.create({ data: order }));
  return order.number;
}
const find = (client: TestClient, number: string, intent: Parameters<TestClient['read']>[1] = {}) =>
  client.read(async (reader) => reader.order.findUnique({ where: { number } }), intent);

async function highestId(client: TestClient, level: 'SESSION' | 'EVENTUAL'): Promise<bigint> {
  const { _max } = await client.read(async (reader) => reader.order.aggregate({ _max: { id: true } }), { level });
  return _max.id ?? 0n;
}

describe('a client that reads what it has just written', () => {
  it('finds it in 1000 of 1000 rounds, mostly on replicas', async () => {
    const database = await engine();
    let stale = 0;
    const served = { SOURCE: 0, REPLICA: 0, BACKUP: 0 };
    const rounds = async () => {
      const client = new TestClient(database);
      for (let round = 0; round < 125; round += 1) {
        const number = await writeOrder(client);
        if ((await find(client, number)) === null) stale += 1;
        if (client.decision !== null) served[client.decision.role] += 1;
      }
    };
    await Promise.all(Array.from({ length: 8 }, rounds));
    expect(stale).toBe(0);
    expect(served.SOURCE + served.REPLICA).toBe(1000);
    expect(served.REPLICA).toBeGreaterThan(500);
  });

  it('finds it also with the token of a transaction that only updated', async () => {
    const client = new TestClient(await engine());
    const number = await writeOrder(client);
    for (let version = 2; version < 50; version += 1) {
      await client.write(async (tx) => tx.order.update({ where: { number }, data: { version } }));
      expect((await find(client, number))?.version).toBe(version);
    }
  });

  it('no longer finds what it deleted', async () => {
    const client = new TestClient(await engine());
    for (let round = 0; round < 30; round += 1) {
      const number = await writeOrder(client);
      await client.write(async (tx) => tx.order.delete({ where: { number } }));
      expect(await find(client, number)).toBeNull();
    }
  });
});

describe.each([
  ['have stopped applying', 'stopped'],
  ['are seconds behind', 'delayed'],
] as const)('when all replicas %s', (_, how) => {
  beforeEach(async () => {
    for (const name of replicas) {
      if (how === 'stopped') await cluster.stopApplier(name);
      else await cluster.setDelay(name, 3);
    }
  });
  afterEach(async () => {
    for (const name of replicas) {
      if (how === 'stopped') await cluster.startApplier(name);
      else await cluster.setDelay(name, 0);
      await caughtUp(cluster, name);
    }
  });

  it.each(['WAIT', 'BYPASS'] as const)('%s reads from the source', async (whenBehind: WhenBehind) => {
    const client = new TestClient(await engine());
    for (let round = 0; round < 10; round += 1) {
      const number = await writeOrder(client);
      expect((await find(client, number, { whenBehind }))?.number).toBe(number);
      expect(client.decision?.node).toBe('source');
    }
  });

  it('FAIL fails, and tells what was wanted and how far the replicas are', async () => {
    const client = new TestClient(await engine());
    const { position } = await client.write(async (tx) => tx.order.create({ data: newOrder() }));
    const error = await find(client, 'any', { whenBehind: 'FAIL' }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ConsistencyTimeoutError);
    const { facts } = error as ConsistencyTimeoutError;
    expect(facts.wanted).toBe(position?.format());
    expect(typeof facts.current).toBe('string');
    expect(facts.current).not.toBe(facts.wanted);
  });

  it('EVENTUAL serves the old world, and BOUNDED does not once it is too old', async () => {
    const database = await engine();
    const writer = new TestClient(database);
    const number = await writeOrder(writer);
    const reader = new TestClient(database);
    expect(await find(reader, number, { level: 'BOUNDED', maxStalenessMs: 0 })).not.toBeNull();
    expect(reader.decision?.node).toBe('source');
    if (how === 'delayed') {
      expect(await find(new TestClient(database), number, { level: 'EVENTUAL' })).toBeNull();
    }
  });
});

describe('when one replica is seconds behind', () => {
  beforeAll(() => cluster.setDelay('replica-2', 2));
  afterAll(async () => {
    await cluster.setDelay('replica-2', 0);
    await caughtUp(cluster, 'replica-2');
  });

  it('the other one serves those who have written, and the source hardly ever', async () => {
    const client = new TestClient(await engine());
    let stale = 0;
    const served = new Map<string, number>();
    for (let round = 0; round < 200; round += 1) {
      const number = await writeOrder(client);
      if ((await find(client, number)) === null) stale += 1;
      const node = client.decision?.node ?? '';
      served.set(node, (served.get(node) ?? 0) + 1);
    }
    expect(stale).toBe(0);
    expect(served.get('replica-1') ?? 0).toBeGreaterThan(150);
    expect(served.get('replica-2') ?? 0).toBe(0);
  });

  it('a session never reads an older world than before, though without one time runs backwards', async () => {
    const database = await engine();
    const writer = new TestClient(database);
    let writing = true;
    const writes = (async () => {
      while (writing) await writeOrder(writer);
    })();
    const backwards = async (level: 'SESSION' | 'EVENTUAL') => {
      const reader = new TestClient(database);
      let steps = 0;
      let highest = 0n;
      for (let read = 0; read < 300; read += 1) {
        const id = await highestId(reader, level);
        if (id < highest) steps += 1;
        highest = id;
      }
      return steps;
    };
    try {
      expect(await backwards('SESSION')).toBe(0);
      expect(await backwards('EVENTUAL')).toBeGreaterThan(0);
    } finally {
      writing = false;
      await writes;
    }
  });
});

describe('one operation', () => {
  it('reads everything from one node, however many reads it makes at a time', async () => {
    const database = await engine();
    const client = new TestClient(database);
    await writeOrder(client);
    for (let round = 0; round < 20; round += 1) {
      const session = database.openSession({
        session: client.session,
        intent: { level: 'SESSION', whenBehind: 'WAIT', waitMs: 50, maxStalenessMs: null },
        writes: false,
      });
      const serverId = () =>
        session.read(async (reader) => {
          const raw = reader as { $queryRawUnsafe(sql: string): Promise<{ id: bigint }[]> };
          return String((await raw.$queryRawUnsafe('SELECT @@server_id AS id'))[0]?.id);
        });
      const ids = await Promise.all(Array.from({ length: 10 }, serverId));
      expect(new Set(ids).size).toBe(1);
      session.end();
    }
  });

  it('reads rows and what belongs to them in one world', async () => {
    const database = await engine();
    const client = new TestClient(database);
    const order = newOrder();
    const items = Array.from({ length: 5 }, (_, line) => ({
      line,
      sku: 'S',
      name: 'N',
      quantity: 1,
      unitPrice: '1.00',
    }));
    await client.write(async (tx) => tx.order.create({ data: { ...order, items: { create: items } } }));
    const found = await client.read(async (reader) => {
      const row = await reader.order.findUniqueOrThrow({ where: { number: order.number } });
      return reader.orderItem.findMany({ where: { orderId: row.id } });
    });
    expect(found).toHaveLength(5);
  });

  it('that writes reads from the source, its own write included', async () => {
    const database = await engine();
    const session = database.openSession({
      session: new TestClient(database).session,
      intent: { level: 'SESSION', whenBehind: 'WAIT', waitMs: 50, maxStalenessMs: null },
      writes: true,
    });
    const order = newOrder();
    await session.write(async (tx) => tx.order.create({ data: order }));
    const found = await session.run(async () => session.client.order.findUnique({ where: { number: order.number } }));
    expect(found?.number).toBe(order.number);
    expect(session.decision).toMatchObject({ node: 'source', reason: 'write-operation' });
    session.end();
  });
});
