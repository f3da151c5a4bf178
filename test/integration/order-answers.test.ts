/** Lists, keys and counts of orders have the same answers on every kind of server, whatever its collations, NULLs and time zones. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownStatements } from '../../src/database/clients/own-statements.ts';
import { migrate } from '../../src/database/migrations/migrate.ts';
import type { Order } from '../../src/database/orders/order-rows.ts';
import { makeOrdersClient, type OrdersClient, type OrdersSession } from '../../src/database/orders/orders-client.ts';
import { ourMigrations } from '../../src/database/orders/our-migrations.ts';
import { countOrders } from '../../src/orders/count-orders.ts';
import { findOrder } from '../../src/orders/find-order.ts';
import { findOrderIds } from '../../src/orders/find-order-ids.ts';
import { listOrders } from '../../src/orders/list-orders.ts';
import type { OrderFilter } from '../../src/orders/order-filter.ts';
import { type OrderSort, orderSortFields, placeOf } from '../../src/orders/order-sort.ts';
import { insertItems, insertOrder } from '../../src/orders/order-statements.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { openDirectConnection } from '../../src/servers/direct-connection.ts';
import type { OpenedPool } from '../../src/servers/driver.ts';
import { driverAt, flavourOf } from '../../src/servers/known-flavours.ts';
import { addressAt } from '../../src/servers/server-url.ts';
import { startDatabaseServer } from '../support/orders-database.ts';

let server: Awaited<ReturnType<typeof startDatabaseServer>>;
let opened: OpenedPool;
let client: OrdersClient;
let session: OrdersSession;

const beyondDoubles = 2n ** 53n + 1n;
/** Numbers as byte order has them; another collation would put letters of both cases, accents and signs elsewhere. */
const inByteOrder = ['-', '0', '10', '9', 'A-1', 'B', 'T-1', 'Z', '_', 'a', 'a-1', 'b', 'z', 'ä', 'ﬀ', '😀'];
const shuffled = [7, 2, 13, 0, 9, 4, 15, 6, 1, 11, 8, 3, 14, 5, 10, 12].map((index) => inByteOrder[index] ?? '');
const moments = ['1969-12-31T23:59:59.999Z', '2026-03-29T01:30:00.001Z', '2026-10-25T01:30:00.500Z'];
const momentOf = (index: number) => new Date(moments[index % moments.length] ?? 0);

/** Two at a time are equal but for id and number, so that ids break ties. */
const stored = shuffled.map((number, index) => {
  const pair = Math.floor(index / 2);
  const paid = pair % 2 === 0;
  return {
    id: index === 5 ? beyondDoubles : BigInt(index + 1),
    number,
    userId: BigInt((pair % 3) + 1),
    status: (['PENDING', 'PAID', 'REFUNDED', 'CANCELLED'] as const)[pair % 4] ?? 'PENDING',
    total: ['9.90', '10.00', '0.00', '9999999999.99'][pair % 4] ?? '0.00',
    currency: pair % 3 === 0 ? 'EUR' : 'JPY',
    charge: paid ? '0.01' : null,
    processedAt: paid ? momentOf(pair) : null,
    createdAt: momentOf(pair),
    updatedAt: momentOf(pair + 1),
  };
});

beforeAll(async () => {
  server = await startDatabaseServer();
  const url = await server.newDatabase();
  await migrate({ url, directory: ourMigrations('orders'), log: () => undefined });
  const address = addressAt(url);
  const driver = driverAt(address);
  const settings = { connectionsPerNode: 4, acquireTimeoutMs: 20_000, statementTimeoutMs: 20_000 };
  opened = driver.openPool(address, settings, { ownClock: systemClock, ms: 20_000 });
  client = makeOrdersClient({ adapter: driver.adapter(opened.pool, address.database) });
  const { rows } = ownStatements(opened.pool);
  const refused = () => Promise.reject(new Error('This test only reads through its session'));
  session = { client, rows, adopt: () => undefined, requireSource: () => undefined, annotate: refused, write: refused };
  await client.order.createMany({ data: stored });
  const connection = await openDirectConnection(url);
  await flavourOf(connection).tables.loaded(connection, ['orders']);
  await connection.end();
});
afterAll(async () => {
  await client?.$disconnect();
  await opened?.pool.end();
  await server?.stop();
});

const forwards = { size: 5, backward: false, after: null, before: null };

/** All pages, each beginning behind the one before. */
async function pages(filter: OrderFilter, sort: OrderSort, backward: boolean): Promise<Order[]> {
  const found: Order[] = [];
  for (let rest = 20; rest > 0; rest -= 1) {
    const last = backward ? found[0] : found.at(-1);
    const place = last === undefined ? null : placeOf(last, sort.field);
    const page = { ...forwards, backward, [backward ? 'before' : 'after']: place };
    const { orders, hasNextPage, hasPreviousPage } = await listOrders(session, { filter, sort, page }, {});
    if (backward) found.unshift(...orders);
    else found.push(...orders);
    if (!(backward ? hasPreviousPage : hasNextPage)) return found;
  }
  throw new Error('The pages do not end');
}

type Stored = (typeof stored)[number];
const sortValues: Record<OrderSort['field'], (order: Stored) => number> = {
  NUMBER: ({ number }) => inByteOrder.indexOf(number),
  TOTAL: ({ total }) => Number(total),
  CREATED_AT: ({ createdAt }) => createdAt.getTime(),
  UPDATED_AT: ({ updatedAt }) => updatedAt.getTime(),
};
const numbersOf = (orders: readonly { readonly number: string }[]) => orders.map(({ number }) => number);

function expectedIn({ field, direction }: OrderSort, matches: (order: Stored) => boolean): string[] {
  const value = sortValues[field];
  const ascending = stored.filter(matches).sort((a, b) => value(a) - value(b) || Number(a.id - b.id));
  return numbersOf(direction === 'ASC' ? ascending : ascending.reverse());
}

describe('a list', () => {
  const sorts = orderSortFields.flatMap((field) =>
    (['ASC', 'DESC'] as const).map((direction) => ({ field, direction })),
  );
  it.each(sorts)('is the same page by page, from both ends: $field $direction', async (sort) => {
    const expected = expectedIn(sort, () => true);
    expect(expected).toHaveLength(inByteOrder.length);
    expect(numbersOf(await pages({}, sort, false))).toEqual(expected);
    expect(numbersOf(await pages({}, sort, true))).toEqual(expected);
  });

  const filters: [OrderFilter, (order: Stored) => boolean][] = [
    [{ status: ['PAID', 'REFUNDED'] }, ({ status }) => status === 'PAID' || status === 'REFUNDED'],
    [{ status: [] }, () => false],
    [{ missingCharge: true }, ({ charge }) => charge === null],
    [{ missingCharge: false, missingProcessedAt: false }, ({ charge }) => charge !== null],
    [{ missingProcessedAt: true, userId: 2n }, ({ processedAt, userId }) => processedAt === null && userId === 2n],
    [{ userId: 2n ** 63n - 1n }, () => false],
    [{ numbers: ['a-1', 'Z', 'none'] }, ({ number }) => number === 'a-1' || number === 'Z'],
    [{ numberStartsWith: 'a' }, ({ number }) => number.startsWith('a')],
    [{ numberStartsWith: '%' }, () => false],
    [
      { created: { from: momentOf(1), to: momentOf(2) } },
      ({ createdAt }) => createdAt.getTime() === momentOf(1).getTime(),
    ],
    [{ created: { to: momentOf(1) } }, ({ createdAt }) => createdAt.getTime() === momentOf(0).getTime()],
    [{ numbers: ['a\0', 'Z'] }, ({ number }) => number === 'Z'],
    [{ numberStartsWith: 'a\0' }, () => false],
    [{ total: { currency: 'EUR\0' } }, () => false],
    [{ total: { currency: 'eur' } }, ({ currency }) => currency === 'EUR'],
    [{ total: { min: 10n ** 30n } }, () => false],
    [{ total: { min: 990n, max: 1000n } }, ({ total }) => total === '9.90' || total === '10.00'],
    [{ total: { min: 1n, currency: 'EUR' } }, ({ total, currency }) => total !== '0.00' && currency === 'EUR'],
  ];
  it.each(filters)('has what its filter says: %o', async (filter, matches) => {
    const sort = { field: 'CREATED_AT', direction: 'DESC' } as const;
    const expected = expectedIn(sort, matches);
    expect(numbersOf(await pages(filter, sort, false))).toEqual(expected);
    expect(await countOrders(session, filter)).toBe(expected.length);
    const ids = await findOrderIds(session, filter, 100);
    expect(ids).toEqual(expected.map((number) => stored.find((order) => order.number === number)?.id));
  });
});

describe('an order', () => {
  it('is found by its key in every part, with and without its items', async () => {
    for (const { total, charge, ...plain } of stored) {
      for (const key of [{ id: plain.id }, { number: plain.number }]) {
        const alone = await findOrder(session, key, {});
        expect(alone).toMatchObject({ ...plain, version: 1 });
        expect([alone?.total.toFixed(2), alone?.charge?.toFixed(2) ?? null]).toEqual([total, charge]);
        expect(await findOrder(session, key, { include: { items: true } })).toEqual({ ...alone, items: [] });
      }
    }
  });

  it.each(['A', 'Ä', 'a-2', 'ff', ''])('is not found by a number that is only alike: %j', async (number) => {
    expect(await findOrder(session, { number }, {})).toBeNull();
  });

  it('is inserted with the number that the server gives it, and with its items', async () => {
    const own = ownStatements(opened.pool);
    const parts = { number: 'own', userId: beyondDoubles, total: '12.30', currency: 'EUR', charge: null };
    const { insertId } = await own.run(insertOrder({ ...parts, processedAt: momentOf(1), createdAt: momentOf(0) }));
    const items = [
      { line: 1, sku: 'o\'"\\%', name: 'Läufer 😀', quantity: 2, unitPrice: '6.10' },
      { line: 2, sku: 'b', name: ' ', quantity: 1_000_000, unitPrice: '0.10' },
    ];
    await own.run(insertItems(insertId, items));
    const found = await client.order.findUnique({ where: { id: insertId }, include: { items: true } });
    expect(found).toMatchObject({
      number: 'own',
      processedAt: momentOf(1),
      createdAt: momentOf(0),
      updatedAt: momentOf(0),
    });
    const plain = found?.items.map(({ orderId: _, unitPrice, ...item }) => ({
      ...item,
      unitPrice: unitPrice.toFixed(2),
    }));
    expect(plain).toEqual(items);
    await client.order.delete({ where: { id: insertId } });
    expect(await client.orderItem.count()).toBe(0);
  });
});
