import type { Connection } from 'mariadb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { OverloadedError, StatementTimeoutError, WriteContendedError } from '../../src/database/errors.ts';
import type { OrdersDatabase, OrdersTransaction } from '../../src/database/orders/orders-client.ts';
import { SourceUnavailableError } from '../../src/routing/errors.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { type EngineOptions, migrateOrders, newOrder, openEngine, TestClient } from '../support/engine.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

// One server and no replica: what goes wrong with writes, and that everything else works with the source alone.
let cluster: TestCluster;
let admin: Connection;
let proxy: CuttingProxy;
const open: OrdersDatabase[] = [];

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 0 });
  await migrateOrders(cluster);
  admin = await cluster.admin('source');
  const { host, port } = cluster.node('source');
  proxy = await CuttingProxy.start({ host, port });
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.stop()));
});

afterAll(async () => {
  await proxy.stop();
  await admin.end();
  await cluster.stop();
});

async function engine(options: EngineOptions = {}): Promise<OrdersDatabase> {
  const database = await openEngine(cluster, options);
  open.push(database);
  return database;
}

async function isThere(number: string): Promise<boolean> {
  const rows: unknown[] = await admin.query('SELECT 1 FROM orders WHERE number = ?', [number]);
  return rows.length === 1;
}

async function connectionId(tx: OrdersTransaction): Promise<number> {
  const [row] = await tx.$queryRaw<{ id: bigint }[]>`SELECT CONNECTION_ID() AS id`;
  return Number(row?.id);
}

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing went wrong',
    (error: unknown) => error,
  );

describe('a write whose connection is killed', () => {
  it('before a statement wrote nothing, and says so', async () => {
    const client = new TestClient(await engine());
    const order = newOrder();
    const error = await rejection(
      client.write(async (tx) => {
        await tx.order.create({ data: order });
        await admin.query(`KILL ${await connectionId(tx)}`);
        await tx.order.create({ data: newOrder() });
      }),
    );
    expect(error).toBeInstanceOf(SourceUnavailableError);
    expect(await isThere(order.number)).toBe(false);
  });

  it('before COMMIT is sent wrote nothing, and says so once the loss is known', async () => {
    const client = new TestClient(await engine());
    const order = newOrder();
    const error = await rejection(
      client.write(async (tx) => {
        await tx.order.create({ data: order });
        await admin.query(`KILL ${await connectionId(tx)}`);
        await expect(tx.order.count()).rejects.toThrow();
      }),
    );
    expect(error).toBeInstanceOf(SourceUnavailableError);
    expect(await isThere(order.number)).toBe(false);
  });

  it('does not keep the writes after it waiting', async () => {
    const client = new TestClient(await engine({ via: { source: proxy.address } }));
    const first = newOrder();
    await client.write(async (tx) => {
      await tx.order.create({ data: first });
      proxy.cutAt('COMMIT', 'after');
    });
    expect(await isThere(first.number)).toBe(true);
    await eventually(async () => {
      const order = newOrder();
      await client.write(async (tx) => tx.order.create({ data: order }));
      expect(await isThere(order.number)).toBe(true);
    });
  });
});

describe('a write that meets others', () => {
  it('in a deadlock is tried again and ends well, every time', async () => {
    const database = await engine();
    for (let round = 0; round < 20; round += 1) {
      const [a, b] = [newOrder(), newOrder()];
      await new TestClient(database).write(async (tx) => tx.order.createMany({ data: [a, b] }));
      let arrived = 0;
      let meet: () => void = () => undefined;
      const met = new Promise<void>((resolve) => {
        meet = resolve;
      });
      let tries = 0;
      const lockInOrder = (first: string, second: string) =>
        new TestClient(database).write(async (tx) => {
          tries += 1;
          const touch = (number: string) => tx.order.update({ where: { number }, data: { version: { increment: 1 } } });
          await touch(first);
          arrived += 1;
          if (arrived === 2) meet();
          await met;
          // Both in one tick: Prisma sends them together, and each fault must still find its own writer.
          await touch(second);
        });
      await Promise.all([lockInOrder(a.number, b.number), lockInOrder(b.number, a.number)]);
      expect(tries).toBeGreaterThan(2);
      const rows = await admin.query('SELECT version FROM orders WHERE number IN (?, ?)', [a.number, b.number]);
      expect(rows.map((row: { version: number }) => Number(row.version))).toEqual([3, 3]);
    }
  });

  it('for longer than it may take gives up with a typed error, having written nothing', async () => {
    const database = await engine({
      pool: { connectionsPerNode: 4, acquireTimeoutMs: 1000, statementTimeoutMs: 4000 },
      transactionTimeoutMs: 3000,
    });
    const order = newOrder();
    await new TestClient(database).write(async (tx) => tx.order.create({ data: order }));
    await admin.query('BEGIN');
    await admin.query('UPDATE orders SET version = 7 WHERE number = ?', [order.number]);
    try {
      const write = new TestClient(database).write(async (tx) =>
        tx.order.update({ where: { number: order.number }, data: { version: 8 } }),
      );
      const error = await rejection(write);
      expect(
        [WriteContendedError, StatementTimeoutError].some((type) => error instanceof type),
        String(error),
      ).toBe(true);
    } finally {
      await admin.query('ROLLBACK');
    }
    const [row] = await admin.query('SELECT version FROM orders WHERE number = ?', [order.number]);
    expect(Number(row.version)).toBe(1);
  });

  it('for the last connection is told that all are busy', async () => {
    const database = await engine({ pool: { connectionsPerNode: 1, acquireTimeoutMs: 300, statementTimeoutMs: 5000 } });
    let free: () => void = () => undefined;
    const done = new Promise<void>((resolve) => {
      free = resolve;
    });
    let started: () => void = () => undefined;
    const holding = new Promise<void>((resolve) => {
      started = resolve;
    });
    const holder = new TestClient(database).write(async (tx) => {
      await tx.order.count();
      started();
      await done;
    });
    await holding;
    expect(await rejection(new TestClient(database).write(async (tx) => tx.order.count()))).toBeInstanceOf(
      OverloadedError,
    );
    const read = new TestClient(database).read(async (client) => client.order.count());
    expect(await rejection(read)).toBeInstanceOf(OverloadedError);
    free();
    await holder;
    expect(database.cluster.snapshot()[0]?.state).toBe('HEALTHY');
  });

  it('and its own limit of time is ended with a typed error, having written nothing', async () => {
    const database = await engine({ transactionTimeoutMs: 200 });
    const order = newOrder();
    const error = await rejection(
      new TestClient(database).write(async (tx) => {
        await tx.order.create({ data: order });
        await new Promise((resolve) => setTimeout(resolve, 5000));
        await tx.order.count();
      }),
    );
    expect(error).toBeInstanceOf(StatementTimeoutError);
    expect(await isThere(order.number)).toBe(false);
  });
});

describe('a read that takes too long', () => {
  it('is ended by the server, with a typed error', async () => {
    const database = await engine({ pool: { connectionsPerNode: 2, acquireTimeoutMs: 500, statementTimeoutMs: 300 } });
    const slow = new TestClient(database).read(async (client) => client.order.findMany({ where: { number: '' } }));
    await slow;
    const address = database.openSession({
      session: new TestClient(database).session,
      intent: { level: 'SESSION', whenBehind: 'WAIT', waitMs: 0, maxStalenessMs: null },
      writes: false,
    });
    // MySQL ends a SLEEP by answering 1 instead of failing: a join over everything takes long on both.
    const sql =
      'SELECT COUNT(*) FROM information_schema.columns a, information_schema.columns b, information_schema.columns c WHERE a.column_name <> b.table_name AND c.column_name <> a.table_name';
    const read = address.read(async (client) =>
      (client as { $queryRawUnsafe(sql: string): Promise<unknown> }).$queryRawUnsafe(sql),
    );
    expect(await rejection(read)).toBeInstanceOf(StatementTimeoutError);
    address.end();
  });
});

describe('a source that falls silent', () => {
  it('ends what runs on it within seconds, and is used again when it is back', async () => {
    const database = await engine({ monitor: { intervalMs: 200, downIntervalMs: 100, timeoutMs: 200 } });
    const client = new TestClient(database);
    const order = newOrder();
    const error = rejection(
      client.write(async (tx) => {
        await tx.order.create({ data: order });
        cluster.pause('source');
        await tx.order.count();
      }),
    );
    try {
      expect(await error).toBeInstanceOf(SourceUnavailableError);
      expect(await rejection(client.write(async (tx) => tx.order.count()))).toBeInstanceOf(SourceUnavailableError);
      expect(await rejection(client.read(async (reader) => reader.order.count()))).toMatchObject({
        code: 'LIMITED_FUNCTIONALITY',
      });
    } finally {
      cluster.resume('source');
    }
    await eventually(async () => {
      await client.write(async (tx) => tx.order.create({ data: newOrder() }));
    });
    expect(await isThere(order.number)).toBe(false);
  });

  it('does not keep the process from stopping', async () => {
    const database = await engine({ monitor: { intervalMs: 200, downIntervalMs: 100, timeoutMs: 200 } });
    const client = new TestClient(database);
    await client.write(async (tx) => tx.order.count());
    cluster.pause('source');
    try {
      const hung = rejection(client.read(async (reader) => reader.order.count()));
      open.splice(0);
      await database.stop();
      expect(await hung).not.toBe('nothing went wrong');
    } finally {
      cluster.resume('source');
    }
  });
});

describe('one server alone', () => {
  it('reads, writes and reads its own writes', async () => {
    const client = new TestClient(await engine());
    for (let round = 0; round < 20; round += 1) {
      const order = newOrder();
      await client.write(async (tx) => tx.order.create({ data: order }));
      const found = await client.read(async (reader) => reader.order.findUnique({ where: { number: order.number } }));
      expect(found?.number).toBe(order.number);
      expect(client.decision).toMatchObject({ node: 'source', reason: 'source-alone' });
    }
  });

  it.each(['EVENTUAL', 'BOUNDED', 'SESSION', 'STRONG'] as const)('serves %s', async (level) => {
    const client = new TestClient(await engine());
    const maxStalenessMs = level === 'BOUNDED' ? 10 : null;
    const count = await client.read(async (reader) => reader.order.count(), { level, maxStalenessMs });
    expect(count).toBeGreaterThan(0);
    expect(client.decision?.reason).toBe(level === 'STRONG' ? 'strong-read' : 'source-alone');
  });

  it('is waited for when it is not there at the start', async () => {
    await cluster.cluster.stopNode('source');
    const database = await engine();
    const client = new TestClient(database);
    expect(await rejection(client.write(async (tx) => tx.order.count()))).toBeInstanceOf(SourceUnavailableError);
    await cluster.cluster.startNode('source');
    admin = await cluster.admin('source');
    await eventually(async () => {
      await client.write(async (tx) => tx.order.create({ data: newOrder() }));
    });
  });
});

/** Tries for some seconds, since a node that was lost has to be seen again first. */
async function eventually(attempt: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
