import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countOrders } from '../../src/orders/count-orders.ts';
import { listOrders, type OrderPage } from '../../src/orders/list-orders.ts';
import { readCursor, writeCursor } from '../../src/orders/order-cursor.ts';
import type { OrderFilter } from '../../src/orders/order-filter.ts';
import { type OrderSort, orderSortFields, placeOf } from '../../src/orders/order-sort.ts';
import { readPageRequest } from '../../src/orders/page-request.ts';
import { seedOrders } from '../../src/orders/seed/seed-orders.ts';
import { type OrdersDatabase, startOrdersDatabase } from '../support/orders-database.ts';

let database: OrdersDatabase;
type Row = Awaited<ReturnType<OrdersDatabase['client']['order']['findMany']>>[number];
let rows: Row[];

const until = new Date('2026-11-01T00:00:00Z');
const size = 500;

const page = (sort: OrderSort, request: Parameters<typeof readPageRequest>[0], filter: OrderFilter = {}) =>
  listOrders(database.session(), { sort, filter, page: readPageRequest(request, sort) }, {});

const cursor = (sort: OrderSort, order: Row) => writeCursor(sort, placeOf(order, sort.field), null);

/** All pages from one end to the other. */
async function walk(sort: OrderSort, step: number, backward: boolean, filter: OrderFilter = {}): Promise<bigint[]> {
  const pages: bigint[][] = [];
  let place: string | undefined;
  for (;;) {
    const request = backward ? { last: step, before: place } : { first: step, after: place };
    const { orders, hasNextPage, hasPreviousPage }: OrderPage = await page(sort, request, filter);
    pages.push(orders.map(({ id }) => id));
    expect(backward ? hasNextPage : hasPreviousPage).toBe(place !== undefined);
    const edge = backward ? orders[0] : orders.at(-1);
    if (!(backward ? hasPreviousPage : hasNextPage) || edge === undefined) break;
    place = cursor(sort, edge);
  }
  return (backward ? pages.reverse() : pages).flat();
}

const sorts = orderSortFields.flatMap((field) => [
  { field, direction: 'ASC' } as const,
  { field, direction: 'DESC' } as const,
]);

/** The order that SQL promises, worked out without SQL. */
function sorted(sort: OrderSort): bigint[] {
  const key = (order: Row) => {
    if (sort.field === 'NUMBER') return order.number;
    if (sort.field === 'TOTAL') return order.total.toNumber();
    return (sort.field === 'CREATED_AT' ? order.createdAt : order.updatedAt).getTime();
  };
  const sign = sort.direction === 'ASC' ? 1 : -1;
  const compare = <T extends string | number | bigint>(a: T, b: T) => (a < b ? -1 : a > b ? 1 : 0);
  return rows.toSorted((a, b) => sign * (compare(key(a), key(b)) || compare(a.id, b.id))).map(({ id }) => id);
}

const seed = (orders: number, existing: 'refuse' | 'append') =>
  seedOrders({ url: database.url, orders, seed: 1, until, existing, mirrored: false, progress: () => undefined });

beforeAll(async () => {
  database = await startOrdersDatabase();
  await seed(size, 'refuse');
  // Many orders alike in everything that lists are sorted by, so that only the id tells them apart.
  await database.client.order.updateMany({
    where: { id: { lte: 130n } },
    data: { total: '9.99', createdAt: until, updatedAt: until },
  });
  rows = await database.client.order.findMany();
});
afterAll(() => database?.stop());

describe.each(sorts)('a list by $field $direction', (sort) => {
  it.each([7, 100])('shows every order once, %i a page, from either end', async (step) => {
    const expected = sorted(sort);
    expect(await walk(sort, step, false)).toEqual(expected);
    expect(await walk(sort, step, true)).toEqual(expected);
  });
});

describe('a list', () => {
  const sort = { field: 'CREATED_AT', direction: 'DESC' } as const;

  it('goes on where it was, whatever happens to the row that the cursor names', async () => {
    const { orders } = await page(sort, { first: 5 });
    const [, , third, fourth, fifth] = orders;
    const before = writeCursor(sort, placeOf(third as Row, sort.field), null);
    await database.client.order.delete({ where: { id: third?.id ?? 0n } });
    const next = await page(sort, { first: 2, after: before });
    expect(next.orders.map(({ id }) => id)).toEqual([fourth?.id, fifth?.id]);
    rows = await database.client.order.findMany();
  });

  it('may be cut out between two cursors', async () => {
    const all = sorted(sort);
    const at = (index: number) => cursor(sort, rows.find(({ id }) => id === all[index]) as Row);
    const between = await page(sort, { first: 100, after: at(10), before: at(15) });
    expect(between.orders.map(({ id }) => id)).toEqual(all.slice(11, 15));
    expect(await page(sort, { first: 1, after: at(all.length - 1) })).toMatchObject({ orders: [], hasNextPage: false });
  });

  it('tells what lies on both sides, whatever was deleted and wherever it is cut', async () => {
    const doomed = new Set(
      rows.filter((_, index) => index % 3 === 0 || (index > 100 && index < 200)).map(({ id }) => id),
    );
    for (const chosen of sorts) {
      const places = sorted(chosen).map((id) => rows.find((row) => row.id === id) as Row);
      if (chosen === sorts[0]) await database.client.order.deleteMany({ where: { id: { in: [...doomed] } } });
      const place = fc.option(fc.nat({ max: places.length - 1 }));
      const asked = fc.record({
        backward: fc.boolean(),
        count: fc.integer({ min: 1, max: 100 }),
        after: place,
        before: place,
      });
      const cutOut = fc.asyncProperty(asked, async ({ backward, count, after, before }) => {
        const at = (index: number | null) => (index === null ? null : cursor(chosen, places[index] as Row));
        const given = { [backward ? 'last' : 'first']: count, after: at(after), before: at(before) };
        const { orders, hasNextPage, hasPreviousPage } = await page(chosen, given);
        const isLive = (row: Row) => !doomed.has(row.id);
        const between = places.slice(after === null ? 0 : after + 1, before ?? undefined).filter(isLive);
        const shown = backward ? between.slice(-count) : between.slice(0, count);
        const more = between.length > count;
        const isBefore = after !== null && places.slice(0, after + 1).some(isLive);
        const isAfter = before !== null && places.slice(before).some(isLive);
        expect(orders.map(({ id }) => id)).toEqual(shown.map(({ id }) => id));
        expect({ hasNextPage, hasPreviousPage }).toEqual(
          backward
            ? { hasNextPage: isAfter, hasPreviousPage: more || isBefore }
            : { hasNextPage: more || isAfter, hasPreviousPage: isBefore },
        );
      });
      await fc.assert(cutOut, { numRuns: 60, examples: [[{ backward: false, count: 1, after: 71, before: 0 }]] });
    }
    rows = await database.client.order.findMany();
  });

  it('needs one query for a page between existing rows, and another for each side whose row is gone', async () => {
    const all = sorted(sort);
    const row = (index: number) => rows.find(({ id }) => id === all[index]) as Row;
    const gone = { ...row(5), id: row(5).id + 10n ** 12n };
    database.statements.clear();
    await page(sort, { first: 2, after: cursor(sort, row(5)), before: cursor(sort, row(20)) });
    expect(database.statements.all()).toHaveLength(1);
    database.statements.clear();
    await page(sort, { first: 2, after: cursor(sort, gone) });
    expect(database.statements.all()).toHaveLength(2);
  });

  it.each([10n ** 18n, 2n ** 63n - 1n])('goes on behind an order with the id %s', async (id) => {
    const createdAt = new Date('2027-01-01T00:00:00Z');
    const data = { id, number: `BIG-${id}`, userId: 2n ** 63n - 1n, total: '1.00', currency: 'EUR', createdAt };
    await database.client.order.create({ data });
    const first = await page(sort, { first: 1 });
    expect(first.orders[0]?.id).toBe(id);
    const next = await page(sort, { first: 1, after: cursor(sort, first.orders[0] as Row) });
    expect(next).toMatchObject({ hasPreviousPage: true });
    expect(next.orders[0]?.id).not.toBe(id);
    await database.client.order.delete({ where: { id } });
  });

  const filters: [string, OrderFilter, (order: Row) => boolean][] = [
    ['one status', { status: ['PAID'] }, ({ status }) => status === 'PAID'],
    ['several statuses', { status: ['PAID', 'PENDING'] }, ({ status }) => status === 'PAID' || status === 'PENDING'],
    ['no status at all', { status: [] }, () => false],
    ['a user', { userId: 3n }, ({ userId }) => userId === 3n],
    ['a missing charge', { missingCharge: true }, ({ charge }) => charge === null],
    ['a charge', { missingCharge: false }, ({ charge }) => charge !== null],
    ['missing processing', { missingProcessedAt: true }, ({ processedAt }) => processedAt === null],
    ['processing', { missingProcessedAt: false }, ({ processedAt }) => processedAt !== null],
    [
      'a span of time',
      { created: { from: new Date('2026-08-01'), to: until } },
      ({ createdAt }) => createdAt >= new Date('2026-08-01') && createdAt < until,
    ],
    ['a range of totals', { total: { min: 999n, max: 5000n } }, ({ total }) => total.gte('9.99') && total.lte('50')],
    ['a currency', { total: { currency: 'GBP' } }, ({ currency }) => currency === 'GBP'],
    [
      'all at once',
      { status: ['COMPLETED'], missingCharge: false, total: { max: 20000n, currency: 'EUR' } },
      (order) =>
        order.status === 'COMPLETED' && order.charge !== null && order.total.lte(200) && order.currency === 'EUR',
    ],
  ];

  it.each(filters)('is filtered by %s, and counted so', async (_, filter, matches) => {
    const expected = sorted(sort).filter((id) => matches(rows.find((row) => row.id === id) as Row));
    expect(await walk(sort, 100, false, filter)).toEqual(expected);
    expect(await countOrders(database.session(), filter)).toBe(expected.length);
  });

  it('is filtered by the beginning of the number, letter by letter', async () => {
    const [{ number = '' } = {}] = rows;
    const beginning = number.slice(0, -2);
    const fitting = rows.filter((row) => row.number.startsWith(beginning)).length;
    expect(await countOrders(database.session(), { numberStartsWith: beginning })).toBe(fitting);
    expect(await countOrders(database.session(), { numberStartsWith: number })).toBe(1);
    expect(await countOrders(database.session(), { numberStartsWith: number.toLowerCase() })).toBe(0);
    for (const pattern of ['%', '_', '\\']) {
      expect(await countOrders(database.session(), { numberStartsWith: pattern })).toBe(0);
    }
  });

  it('is filtered by numbers, letter by letter', async () => {
    const numbers = rows.slice(0, 3).map(({ number }) => number);
    expect(await countOrders(database.session(), { numbers })).toBe(3);
    expect(await countOrders(database.session(), { numbers: numbers.map((number) => number.toLowerCase()) })).toBe(0);
  });

  it('begins anywhere that a well-made cursor says, whether or not an order was ever there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...sorts), fc.nat(10 ** 12), fc.nat(), async (anySort, number, id) => {
        const value = {
          TOTAL: `${number % 10 ** 9}.00`,
          NUMBER: `T-${number}`,
          CREATED_AT: `${number}`,
          UPDATED_AT: `${number}`,
        };
        const after = writeCursor(anySort, { value: value[anySort.field], id: BigInt(id) }, null);
        expect(readCursor(after, anySort, 'after').id).toBe(BigInt(id));
        const { orders } = await page(anySort, { first: 3, after });
        const all = sorted(anySort);
        const start = orders[0] === undefined ? all.length : all.indexOf(orders[0].id);
        expect(orders.map((order) => order.id)).toEqual(all.slice(start, start + 3));
      }),
      { numRuns: 60 },
    );
  });
});

describe('a list of a table that is worth an index', () => {
  beforeAll(async () => {
    await seed(8000, 'append');
  });

  it.each(sorts)('is read by $field $direction without sorting the table', async (sort) => {
    const middle = rows[Math.floor(rows.length / 2)] as Row;
    for (const after of [undefined, cursor(sort, middle)]) {
      database.statements.clear();
      await page(sort, { first: 10, after });
      for (const { key, Extra } of await database.explain()) {
        expect(String(key)).toMatch(/^orders_(created|updated|total|number)_/);
        expect(String(Extra)).not.toContain('filesort');
      }
    }
  });

  const filters: [string, OrderFilter, RegExp][] = [
    ['status', { status: ['PENDING'] }, /^orders_status_/],
    ['user', { userId: 3n }, /^orders_user_/],
    ['missing charge', { missingCharge: true }, /^orders_charge_/],
    ['missing processing', { missingProcessedAt: true }, /^orders_processed_/],
  ];

  it.each(filters)('is filtered by %s from an index that is sorted already', async (_, filter, index) => {
    database.statements.clear();
    await page({ field: 'CREATED_AT', direction: 'DESC' }, { first: 10 }, filter);
    for (const { key, Extra } of await database.explain()) {
      expect(String(key)).toMatch(index);
      expect(String(Extra)).not.toContain('filesort');
    }
  });
});
