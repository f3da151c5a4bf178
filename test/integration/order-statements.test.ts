import { inspect } from 'node:util';
import fc from 'fast-check';
import type { Connection } from 'mariadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptySession } from '../../src/consistency/session.ts';
import { parseMoment, type Selecting } from '../../src/database/clients/own-statements.ts';
import { isUniqueViolation, withItems } from '../../src/database/orders/order-rows.ts';
import type { OrdersDatabase as Engine } from '../../src/database/orders/orders-client.ts';
import { type OrderFilter, whereOf } from '../../src/orders/order-filter.ts';
import { orderSortFields, sortingOf } from '../../src/orders/order-sort.ts';
import {
  insertItems,
  insertOrder,
  type NewItem,
  type NewOrder,
  selectCount,
  selectFirst,
  selectOrder,
  selectOrders,
} from '../../src/orders/order-statements.ts';
import { orderStatuses } from '../../src/orders/order-status.ts';
import { seedOrders } from '../../src/orders/seed/seed-orders.ts';
import { loggedError } from '../../src/platform/logged-error.ts';
import { defaultEngine, migrateOrders, newOrder, openEngine, TestClient } from '../support/engine.ts';
import { type OrdersDatabase, startOrdersDatabase } from '../support/orders-database.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

let database: OrdersDatabase;

const until = new Date('2026-11-01T00:00:00Z');
const rows = <Row>(statement: Selecting<Row>) => database.session().rows(statement);
const beyondDoubles = 2n ** 53n + 1n;

beforeAll(async () => {
  database = await startOrdersDatabase();
  const told = { url: database.url, orders: 300, seed: 3, until, mirrored: false, progress: () => undefined };
  await seedOrders({ ...told, existing: 'refuse' });
  await database.client.order.createMany({
    data: [
      { id: beyondDoubles, number: 'beyond', userId: beyondDoubles, total: '9999999999.99', currency: 'EUR' },
      { number: 'o\'"\\%', userId: 1n, total: '0', currency: 'JPY', charge: '0.01', createdAt: new Date(0) },
      { number: 'ms', userId: 1n, total: '0.1', currency: 'EUR', processedAt: new Date('1999-12-31T23:59:59.999Z') },
    ],
  });
});
afterAll(() => database?.stop());

describe('an order by its key', () => {
  it('is the one that Prisma reads, in every part', async () => {
    const orders = await database.client.order.findMany();
    expect(orders.length).toBeGreaterThan(300);
    for (const order of orders) {
      expect(await rows(selectOrder({ id: order.id }))).toEqual([order]);
      expect(await rows(selectOrder({ number: order.number }))).toEqual([order]);
    }
  });

  it('is found among many, once, as often as it is named', async () => {
    const [one, other] = await database.client.order.findMany({ take: 2, orderBy: { id: 'asc' } });
    if (one === undefined || other === undefined) throw new Error('nothing was seeded');
    const found = await rows(selectOrders([other.id, 0n, one.id, other.id]));
    expect(found.toSorted((a, b) => Number(a.id - b.id))).toEqual([one, other]);
  });

  it.each([
    { id: 0n },
    { id: 2n ** 63n - 1n },
    { number: '' },
    { number: 'MS' },
    { number: "' OR ''='" },
    { number: 'ms;' },
  ])('is none where Prisma finds none: %o', async (key) => {
    expect(await database.client.order.findUnique({ where: key })).toBeNull();
    expect(await rows(selectOrder(key))).toEqual([]);
  });
});

const either = [undefined, true, false];
const filters: OrderFilter[] = [
  undefined,
  ...orderStatuses.map((status) => [status]),
  ['PENDING', 'PAID'] as const,
].flatMap((status) =>
  either.flatMap((missingCharge) =>
    either.map((missingProcessedAt) => ({ status, missingCharge, missingProcessedAt })),
  ),
);

describe('first pages and counts', () => {
  it('are those that Prisma reads, for every common filter', async () => {
    for (const filter of filters) {
      const where = whereOf(filter);
      expect(await rows(selectCount(filter) as Selecting<number>), JSON.stringify(filter)).toEqual([
        await database.client.order.count({ where }),
      ]);
      for (const sort of orderSortFields.flatMap((field) => [
        { field, direction: 'ASC' } as const,
        { field, direction: 'DESC' } as const,
      ])) {
        const expected = await database.client.order.findMany({ where, orderBy: sortingOf(sort), take: 5 });
        expect(await rows(selectFirst(filter, sort, 5) as Selecting<unknown>)).toEqual(expected);
      }
    }
  });

  const rare: OrderFilter[] = [
    { userId: 1n },
    { numbers: [] },
    { numberStartsWith: '' },
    { created: {} },
    { total: {} },
    { status: ['PAID'], created: { to: until } },
    { status: [] },
  ];
  it.each(rare)('are left to Prisma with another filter: %o', (filter) => {
    expect(selectCount(filter)).toBeNull();
    expect(selectFirst(filter, { field: 'TOTAL', direction: 'ASC' }, 5)).toBeNull();
  });
});

const amount = fc.bigInt(0n, 999_999_999_999n).map((hundredths) => {
  const digits = hundredths.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
});
const moment = fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
const text = (maxLength: number) =>
  fc
    .string({ unit: fc.constantFrom(...'aZ9 \'"`\\;%_?$ß€😀'), minLength: 1, maxLength })
    .map((middle) => `<${middle}>`);
const orders: fc.Arbitrary<NewOrder> = fc.record({
  number: fc.uuid().map((id) => id.slice(0, 32)),
  userId: fc.bigInt(1n, 2n ** 63n - 1n),
  total: amount,
  currency: fc.constantFrom('EUR', 'JPY'),
  charge: fc.option(amount),
  processedAt: fc.option(moment),
  createdAt: moment,
});
const items: fc.Arbitrary<NewItem[]> = fc
  .array(
    fc.record({ sku: text(20), name: text(40), quantity: fc.integer({ min: 1, max: 2 ** 31 }), unitPrice: amount }),
    { minLength: 1, maxLength: 5 },
  )
  .map((given) => given.map((item, index) => ({ line: index + 1, ...item })));

describe('a new order', () => {
  it('reads back as it was given, by Prisma too', async () => {
    await fc.assert(
      fc.asyncProperty(orders, items, async (order, lines) => {
        const placed = await database.session().annotate(async (_, own) => {
          const { insertId: id, affectedRows } = await own.run(insertOrder(order));
          expect(affectedRows).toBe(1);
          expect(await own.run(insertItems(id, lines))).toMatchObject({ affectedRows: lines.length });
          return (await own.rows(selectOrder({ id })))[0];
        });
        const found = await database.client.order.findUnique({
          where: { number: order.number },
          include: withItems,
        });
        const { items: kept, ...row } = found ?? { items: [] };
        expect(placed).toEqual(row);
        const { createdAt } = order;
        expect(row).toMatchObject({ ...order, total: expect.anything(), charge: order.charge && expect.anything() });
        expect(row).toMatchObject({ status: 'PENDING', version: 1, updatedAt: createdAt });
        expect([placed?.total.toFixed(2), placed?.charge?.toFixed(2) ?? null]).toEqual([order.total, order.charge]);
        expect(
          kept.map(({ orderId: _, unitPrice, ...item }) => ({ ...item, unitPrice: unitPrice.toFixed(2) })),
        ).toEqual(lines.map(({ line, sku, name, quantity, unitPrice }) => ({ line, sku, name, quantity, unitPrice })));
      }),
      { numRuns: 60 },
    );
  });

  it('is refused when its number is taken, and its transaction goes on', async () => {
    const order = { number: 'taken', userId: 1n, total: '1.00', currency: 'EUR', charge: null, processedAt: null };
    const again = await database.session().annotate(async (_, own) => {
      await own.run(insertOrder({ ...order, createdAt: until }));
      const refusal = await own.run(insertOrder({ ...order, createdAt: until })).catch((error: unknown) => error);
      await own.run(insertOrder({ ...order, number: 'free', createdAt: until }));
      return refusal;
    });
    expect(isUniqueViolation(again)).toBe(true);
    expect(inspect(loggedError(again))).toMatch(/ER_DUP_ENTRY/);
    expect(inspect(loggedError(again))).not.toMatch(/taken/);
    expect(await rows(selectOrder({ number: 'free' }))).toHaveLength(1);
  });
});

describe('a new order where the table has other defaults', () => {
  const order = { userId: 1n, total: '1.00', currency: 'EUR', charge: null, processedAt: null, createdAt: until };
  let admin: Connection;

  beforeAll(async () => {
    admin = await database.admin();
  });
  afterAll(async () => {
    await admin.query("ALTER TABLE orders ALTER status SET DEFAULT 'PENDING', ALTER version SET DEFAULT 1");
    await admin.end();
  });

  it.each([
    ['others', "ALTER status SET DEFAULT 'PAID', ALTER version SET DEFAULT 7"],
    ['none', 'ALTER status DROP DEFAULT, ALTER version DROP DEFAULT'],
  ])('begins as every order does: %s', async (number, alteration) => {
    await admin.query(`ALTER TABLE orders ${alteration}`);
    await database.session().annotate((_, own) => own.run(insertOrder({ ...order, number })));
    expect(await rows(selectOrder({ number }))).toMatchObject([{ status: 'PENDING', version: 1, updatedAt: until }]);
  });
});

describe('what is no moment', () => {
  it.each(['0000-00-00 00:00:00.000', '', 'yesterday'])('is refused: %o', (given) => {
    expect(() => parseMoment(given)).toThrow(RangeError);
  });
});

describe('on a cluster', () => {
  let cluster: TestCluster;
  let engine: Engine;

  beforeAll(async () => {
    cluster = await startTestCluster({ replicas: 1 });
    await migrateOrders(cluster);
    engine = await openEngine(cluster);
  });
  afterAll(async () => {
    await engine?.stop();
    await cluster?.stop();
  });

  const opening = {
    session: emptySession('orders', 1),
    intent: { level: 'STRONG', whenBehind: 'WAIT', waitMs: 50, maxStalenessMs: null } as const,
    writes: false,
  };
  const everything = selectCount({}) as Selecting<number>;

  it('a snapshot shows them the state that it was begun in', async () => {
    const session = engine.openSession({ ...opening, snapshot: true });
    try {
      const before = await session.run(() => session.rows(everything));
      await new TestClient(engine).write((tx) => tx.order.create({ data: newOrder() }));
      expect(await session.run(() => session.rows(everything))).toEqual(before);
      expect(await session.run(async () => [await session.client.order.count()])).toEqual(before);
    } finally {
      session.end();
    }
    const later = engine.openSession(opening);
    expect(await later.run(() => later.rows(everything))).toEqual([1]);
    later.end();
  });

  it('each runs in the transaction that it was asked for in, of many begun in one tick', async () => {
    const patient = await openEngine(cluster, { pool: { ...defaultEngine.pool, acquireTimeoutMs: 30_000 } });
    const order = { userId: 1n, total: '1.00', currency: 'EUR', charge: null, processedAt: null, createdAt: until };
    const thread: Selecting<number> = { sql: 'SELECT CONNECTION_ID()', values: [], row: ([id]) => Number(id) };
    const places = Array.from({ length: 40 }, (_, place) => place);
    const isRefused = (place: number) => place % 3 === 0;
    const itemsOf = (place: number) => {
      const item = { sku: `tick-${place}`, name: 'N', quantity: 1, unitPrice: '1.00' };
      return Array.from({ length: (place % 4) + 1 }, (_, index) => ({ ...item, line: index + 1 }));
    };
    const write = async (place: number) => {
      const session = patient.openSession({ ...opening, writes: true });
      const writing = session.write(async (tx, own) => {
        const { insertId: id } = await own.run(insertOrder({ ...order, number: `tick-${place}` }));
        const [prismas] = await tx.$queryRaw<{ id: bigint }[]>`SELECT CONNECTION_ID() AS id`;
        await own.run(insertItems(id, itemsOf(place)));
        expect(await own.rows(thread)).toEqual([Number(prismas?.id)]);
        if (isRefused(place)) throw new RangeError('refused');
        return { id, number: `tick-${place}`, skus: itemsOf(place).map(({ sku }) => sku) };
      });
      return writing.then(({ value }) => value).finally(() => session.end());
    };
    const snapshots = places.slice(0, 5).map(() => patient.openSession({ ...opening, snapshot: true }));
    const probe = () => Promise.all(snapshots.map((session) => session.run(() => session.rows(thread))));
    try {
      const [written, first] = await Promise.all([Promise.allSettled(places.map(write)), probe()]);
      // Each snapshot has its own connection, and keeps it.
      expect(await probe()).toEqual(first);
      expect(new Set(first.flat()).size).toBe(snapshots.length);
      const refusals = written.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
      expect(refusals).toEqual(places.filter(isRefused).map(() => new RangeError('refused')));
      const found = await new TestClient(patient).read(
        async (client) => {
          const where = { number: { startsWith: 'tick-' } };
          return client.order.findMany({ where, include: withItems, orderBy: { id: 'asc' } });
        },
        { level: 'STRONG' },
      );
      const accepted = written.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      expect(found.map(({ id, number, items }) => ({ id, number, skus: items.map(({ sku }) => sku) }))).toEqual(
        accepted.toSorted((a, b) => Number(a.id - b.id)),
      );
    } finally {
      for (const session of snapshots) session.end();
      await patient.stop();
    }
  });

  const tookTooLong = { code: 'STATEMENT_TIMEOUT', retryable: true };

  it('a snapshot that has lasted too long says so, and that it may be tried again', async () => {
    const brief = await openEngine(cluster, { transactionTimeoutMs: 100 });
    const session = brief.openSession({ ...opening, snapshot: true });
    const untilRefused = async (read: () => Promise<unknown>) => {
      for (;;) await session.run(async () => await read());
    };
    try {
      await expect(untilRefused(() => session.rows(everything))).rejects.toMatchObject(tookTooLong);
      await expect(untilRefused(() => session.client.order.count())).rejects.toMatchObject(tookTooLong);
    } finally {
      session.end();
      await brief.stop();
    }
  });

  it('a read that waits too long for a lock of the table says so, and that it may be tried again', async () => {
    const impatient = await openEngine(cluster, { pool: { ...defaultEngine.pool, statementTimeoutMs: 2000 } });
    const session = impatient.openSession(opening);
    const admin = await cluster.admin('source');
    try {
      await admin.query('LOCK TABLES orders WRITE');
      await expect(session.run(() => session.rows(everything))).rejects.toMatchObject(tookTooLong);
      const prismas = session.run(async () => await session.client.order.count());
      await expect(prismas).rejects.toMatchObject(tookTooLong);
    } finally {
      await admin.end();
      session.end();
      await impatient.stop();
    }
  });

  it('a transaction that is over takes none of them any more', async () => {
    const session = engine.openSession({ ...opening, writes: true });
    try {
      const { value: own } = await session.write(async (_, statements) => {
        await statements.rows(everything);
        return statements;
      });
      const late = { number: 'late', userId: 1n, total: '1.00', currency: 'EUR', charge: null, processedAt: null };
      await expect(own.run(insertOrder({ ...late, createdAt: until }))).rejects.toThrow(/came after its transaction/);
      await expect(own.rows(everything)).rejects.toThrow(/came after its transaction/);
    } finally {
      session.end();
    }
  });
});
