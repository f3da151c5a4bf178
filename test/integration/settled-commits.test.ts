// A COMMIT whose answer does not come: the source is asked what became of it, and the outcome is told once, and right.
import { randomBytes } from 'node:crypto';
import type { Connection } from 'mariadb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { emptySession } from '../../src/consistency/session.ts';
import type { OrdersDatabase, OrdersTransaction } from '../../src/database/orders/orders-client.ts';
import type { Commit } from '../../src/database/session/committed-event.ts';
import { createOrder } from '../../src/orders/create-order.ts';
import { mirroredOrders } from '../../src/orders/mirrored-orders.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { flavourOf } from '../../src/servers/known-flavours.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { caughtUp, type EngineOptions, newOrder, openEngine, TestClient } from '../support/engine.ts';
import { MirroredOrders } from '../support/mirrored-orders.ts';
import type { TestCluster } from '../support/test-cluster.ts';
import { until } from '../support/until.ts';

const replicas = ['replica-1', 'replica-2'] as const;
let orders: MirroredOrders;
let cluster: TestCluster;
let admin: Connection;
let proxy: CuttingProxy;
const opened: OrdersDatabase[] = [];
/** By all engines of a test. */
const told: Commit[] = [];

beforeAll(async () => {
  orders = await MirroredOrders.start({ replicas: 2 });
  cluster = orders.cluster;
  for (const name of replicas) await caughtUp(cluster, name);
  admin = await cluster.admin('source');
  proxy = await CuttingProxy.start(cluster.node('source'));
});
afterEach(async () => {
  told.length = 0;
  await Promise.all(opened.splice(0).map((database) => database.stop()));
});
afterAll(async () => {
  await proxy.stop();
  await admin.end();
  await orders.stop();
});

const isMysql = () => cluster.cluster.flavour === 'mysql';
const semiSync = (name: string) => `rpl_semi_sync_${isMysql() ? 'source' : 'master'}_${name}`;
const set = (name: string, value: string) => admin.query(`SET GLOBAL ${semiSync(name)} = ${value}`);

/** Short for statements, so that a commit that waits is seen to be waited for. */
const quick = { connectionsPerNode: 6, acquireTimeoutMs: 5000, statementTimeoutMs: 1000 } as const;

async function engine(options: EngineOptions = {}): Promise<OrdersDatabase> {
  const database = await openEngine(cluster, { pool: quick, mirroring: { mirrored: mirroredOrders }, ...options });
  opened.push(database);
  database.committed.subscribe((commit) => told.push(commit));
  return database;
}

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing went wrong',
    (error: unknown) => error,
  );

async function copies({ number }: { number: string }, on = admin): Promise<number> {
  const [row] = await on.query('SELECT COUNT(*) AS n FROM orders WHERE number = ?', [number]);
  return Number(row.n);
}

async function receive(word: 'STOP' | 'START'): Promise<void> {
  for (const name of replicas) {
    const replica = await cluster.admin(name);
    await replica.query(`${word} ${isMysql() ? 'REPLICA' : 'SLAVE'} IO_THREAD`);
    await replica.end();
  }
}

async function connectionId(tx: OrdersTransaction): Promise<number> {
  const [row] = await tx.$queryRaw<{ id: bigint }[]>`SELECT CONNECTION_ID() AS id`;
  return Number(row?.id);
}

/** Resolves when the connection waits for a replica's acknowledgement. */
async function waits(thread: number): Promise<void> {
  await until('the commit waits', async () => {
    const [row] = await admin.query('SELECT STATE AS state FROM information_schema.PROCESSLIST WHERE ID = ?', [thread]);
    return /semi-?sync/i.test(String(row?.state));
  });
}

/** Every replica has all that the source has, so the mirror of one order there is what the source has of it. */
async function sameEverywhere(order: { number: string }, count: number): Promise<void> {
  expect(await copies(order)).toBe(count);
  for (const name of replicas) {
    await caughtUp(cluster, name);
    const replica = await cluster.admin(name);
    expect(await copies(order, replica)).toBe(count);
    await replica.end();
  }
}

/** The session reads its own write from wherever it is sent. */
async function readsOwn(client: TestClient, { number }: { number: string }): Promise<void> {
  expect(client.session.position).not.toBeNull();
  for (let turn = 0; turn < 4; turn += 1) {
    expect(await client.read(async ({ order }) => order.count({ where: { number } }))).toBe(1);
  }
}

describe('a commit that waits for its acknowledgement', () => {
  afterEach(async () => {
    await receive('START');
    await set('timeout', '10000');
  });

  it('beyond the statement timeout is waited for as long as the server waits', async () => {
    await set('timeout', '4000');
    const client = new TestClient(await engine());
    await receive('STOP');
    const order = newOrder();
    await client.write((tx) => tx.order.create({ data: order }));
    await readsOwn(client, order);
    await receive('START');
    await sameEverywhere(order, 1);
  });

  it('and whose connection is killed meanwhile is told as what it has become', async () => {
    await set('timeout', '6000');
    const client = new TestClient(await engine());
    await receive('STOP');
    const order = newOrder();
    let thread = 0;
    let runs = 0;
    const writing = client.write(async (tx) => {
      runs += 1;
      await tx.order.create({ data: order });
      thread = await connectionId(tx);
      return runs;
    });
    await until('it is known', async () => thread !== 0);
    await waits(thread);
    await admin.query(`KILL ${thread}`);
    expect((await writing).value).toBe(1);
    await readsOwn(client, order);
    await receive('START');
    await sameEverywhere(order, 1);
  });

  it('for longer than any deadline is reported once as unknown', async () => {
    await set('timeout', '600000');
    const pool = { ...quick, maxCommitMs: 3000 };
    const database = await engine({ pool });
    const client = new TestClient(database);
    await receive('STOP');
    const order = newOrder();
    let runs = 0;
    const error = await rejection(
      client.write(async (tx) => {
        runs += 1;
        await tx.order.create({ data: order });
      }),
    );
    expect(error).toMatchObject({ code: 'WRITE_INDETERMINATE', retryable: true });
    expect(runs).toBe(1);
    await receive('START');
    await until('it is there', async () => (await copies(order)) === 1);
    await sameEverywhere(order, 1);
    await until('its connection serves others or nobody', async () => {
      await new TestClient(database).write((tx) => tx.order.create({ data: newOrder() }));
      return true;
    });
  });

  it('and is acknowledged at last is told as committed', async () => {
    await set('timeout', '600000');
    const client = new TestClient(await engine({ pool: { ...quick, maxCommitMs: 3000 } }));
    await receive('STOP');
    const order = newOrder();
    let thread = 0;
    const writing = client.write(async (tx) => {
      await tx.order.create({ data: order });
      thread = await connectionId(tx);
    });
    await until('it is known', async () => thread !== 0);
    await waits(thread);
    await admin.query(`SET GLOBAL ${semiSync('timeout')} = 1`);
    await receive('START');
    await writing;
    await readsOwn(client, order);
    await sameEverywhere(order, 1);
  });
});

describe('a commit whose answer is swallowed', () => {
  it.each([
    ['after the server got it', 'after', 1],
    ['before the server got it', 'before', 2],
  ] as const)('%s is there once, and its session reads it', async (_, cut, expected) => {
    const client = new TestClient(await engine({ via: { source: proxy.address } }));
    const order = newOrder();
    let runs = 0;
    const { position } = await client.write(async (tx) => {
      runs += 1;
      await tx.order.create({ data: order });
      if (runs === 1) proxy.cutAt('COMMIT', cut);
    });
    expect([runs, position !== null]).toEqual([expected, true]);
    expect(told).toMatchObject([{ outcome: 'COMMITTED', position, onlyOnSource: false, appended: 1 }]);
    await readsOwn(client, order);
    await sameEverywhere(order, 1);
  });

  it('of a change that others make as well is told apart from theirs', async () => {
    const direct = new TestClient(await engine());
    const client = new TestClient(await engine({ via: { source: proxy.address } }));
    const order = newOrder();
    await direct.write((tx) => tx.order.create({ data: order }));
    for (const [cut, runsExpected] of [
      ['after', 1],
      ['before', 2],
    ] as const) {
      let runs = 0;
      const change = { where: { number: order.number }, data: { version: { increment: 1 } } };
      await client.write(async (tx) => {
        runs += 1;
        await tx.order.update(change);
        if (runs === 1) proxy.cutAt('COMMIT', cut);
      });
      expect(runs).toBe(runsExpected);
      await direct.write((tx) => tx.order.update(change));
    }
    const [row] = await admin.query('SELECT version FROM orders WHERE number = ?', [order.number]);
    expect(Number(row.version)).toBe(5);
  });

  it('on a server without a place for proofs stays unknown', async () => {
    await admin.query('RENAME TABLE commit_proofs TO elsewhere');
    try {
      const client = new TestClient(await engine({ via: { source: proxy.address } }));
      const order = newOrder();
      const error = await rejection(
        client.write(async (tx) => {
          await tx.order.create({ data: order });
          proxy.cutAt('COMMIT', 'after');
        }),
      );
      expect(error).toMatchObject({ code: 'WRITE_INDETERMINATE' });
      expect(told).toMatchObject([{ outcome: 'UNKNOWN', position: null, appended: null }]);
      expect(await copies(order)).toBe(1);
    } finally {
      await admin.query('RENAME TABLE elsewhere TO commit_proofs');
    }
  });
});

describe('a new order whose connection is lost', () => {
  const cuts = [
    'INSERT INTO orders',
    'INSERT INTO order_items',
    'FROM orders WHERE id = ',
    'INSERT INTO outbox',
    'COMMIT',
  ];

  it.each(cuts.flatMap((statement) => [[statement, 'before'] as const, [statement, 'after'] as const]))(
    'at %s, %s the server ran it, is there once, with its items',
    async (statement, cut) => {
      const database = await engine({ via: { source: proxy.address } });
      const session = database.openSession({
        session: emptySession('orders', 1),
        intent: { level: 'SESSION', whenBehind: 'WAIT', waitMs: 50, maxStalenessMs: null },
        writes: true,
      });
      const { number, currency, userId } = newOrder();
      const item = { sku: 'S', name: 'N', quantity: 2, unitPrice: 150n };
      const given = { number, currency, userId, charge: null, processedAt: null, items: [item, item] };
      const dependencies = { session, clock: systemClock, randomBytes };
      proxy.cutAt(statement, cut);
      const order = await session.run(() => createOrder(dependencies, { ...given, idempotencyKey: number }));
      expect(proxy.armed).toBe(false);
      expect(order).toMatchObject({ number, status: 'PENDING', items: [{ line: 1 }, { line: 2 }] });
      const [row] = await admin.query(
        'SELECT COUNT(*) AS items, COUNT(DISTINCT id) AS orders FROM orders JOIN order_items ON order_id = id WHERE number = ?',
        [number],
      );
      expect([Number(row.orders), Number(row.items)]).toEqual([1, 2]);
      session.end();
    },
  );
});

it('the backup has all of these writes, each as the source has it', async () => {
  expect((await orders.depth()).waiting).toBeGreaterThan(5);
  await orders.mirroring(() => orders.settled());
  expect(await orders.contents('backup')).toEqual(await orders.contents('source'));
});

it('proofs of connections that are long gone are cleared away', async () => {
  await admin.query("INSERT INTO commit_proofs VALUES (1, 1, '2020-01-01'), (2, 1, '2020-01-02')");
  const purged = (limit: number) => flavourOf(admin).proofs.purge(admin, limit);
  const left = async () => Number((await admin.query('SELECT COUNT(*) AS n FROM commit_proofs'))[0].n);
  const before = await left();
  expect(before).toBeGreaterThan(2);
  expect([await purged(1), await purged(5000), await purged(5000)]).toEqual([1, 1, 0]);
  expect(await left()).toBe(before - 2);
});
