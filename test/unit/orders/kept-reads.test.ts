import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, type Order, type OrderItem } from '../../../src/database/orders/order-rows.ts';
import { countName, pageName } from '../../../src/orders/common-reads.ts';
import { keptReads, NotedReads } from '../../../src/orders/kept-reads.ts';
import type { ListOrders, OrderPage } from '../../../src/orders/list-orders.ts';
import { pageFromJson, pageToJson } from '../../../src/orders/order-page-json.ts';
import type { OrderReads } from '../../../src/orders/order-reads.ts';
import { orderStatuses } from '../../../src/orders/order-status.ts';

const newestFirst = { field: 'CREATED_AT', direction: 'DESC' } as const;
const firstPage = { size: 20, backward: false, after: null, before: null } as const;
const list = (part: Partial<ListOrders> = {}): ListOrders => ({
  filter: {},
  sort: newestFirst,
  page: firstPage,
  ...part,
});

const id = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const money = fc.bigInt({ min: -999_999_999_999n, max: 999_999_999_999n }).map((cents) => new Decimal(`${cents}e-2`));
const moment = fc.date({ noInvalidDate: true });
const text = fc.string({ unit: 'grapheme' });
const item: fc.Arbitrary<OrderItem> = fc.record({
  orderId: id,
  line: fc.nat(),
  sku: text,
  name: text,
  quantity: fc.nat(),
  unitPrice: money,
});
const order: fc.Arbitrary<Order & { items?: OrderItem[] }> = fc.record(
  {
    id,
    number: text,
    userId: id,
    status: fc.constantFrom(...orderStatuses),
    total: money,
    currency: text,
    charge: fc.option(money),
    processedAt: fc.option(moment),
    version: fc.nat(),
    createdAt: moment,
    updatedAt: moment,
    items: fc.array(item, { maxLength: 3 }),
  },
  {
    requiredKeys: [
      'id',
      'number',
      'userId',
      'status',
      'total',
      'currency',
      'charge',
      'processedAt',
      'version',
      'createdAt',
      'updatedAt',
    ],
  },
);

describe('a page as JSON', () => {
  it('comes back exactly: large numbers, amounts, moments, items', () => {
    fc.assert(
      fc.property(fc.array(order, { maxLength: 4 }), fc.boolean(), fc.boolean(), (orders, more, before) => {
        const page: OrderPage = { orders, hasNextPage: more, hasPreviousPage: before };
        const back = pageFromJson(JSON.parse(JSON.stringify(pageToJson(page))));
        expect(back).toEqual(page);
        for (const [index, row] of back.orders.entries()) {
          expect(row.total.toFixed(2)).toBe(orders[index]?.total.toFixed(2));
          expect(row.createdAt).toBeInstanceOf(Date);
          expect(typeof row.id).toBe('bigint');
        }
      }),
    );
  });
});

describe('the name of a read', () => {
  it('is the same for the same read in other words', () => {
    const name = pageName(list({ filter: { status: ['PAID', 'PENDING', 'PAID'] } }), false);
    expect(pageName(list({ filter: { status: ['PENDING', 'PAID'], userId: undefined } }), false)).toBe(name);
    expect(countName({ created: undefined })).toBe(countName({}));
  });

  it('tells apart what differs', () => {
    const names = [
      pageName(list(), false),
      pageName(list(), true),
      pageName(list({ page: { ...firstPage, size: 50 } }), false),
      pageName(list({ sort: { field: 'CREATED_AT', direction: 'ASC' } }), false),
      pageName(list({ sort: { field: 'TOTAL', direction: 'DESC' } }), false),
      pageName(list({ filter: { status: [] } }), false),
      pageName(list({ filter: { status: ['PAID'] } }), false),
      pageName(list({ filter: { missingCharge: true } }), false),
      pageName(list({ filter: { missingCharge: false } }), false),
      pageName(list({ filter: { missingProcessedAt: true } }), false),
      countName({}),
      countName({ status: ['PAID'] }),
      countName({ missingCharge: true }),
    ];
    expect(names).not.toContain(null);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([
    ['of one user', { filter: { userId: 1n } }],
    ['of some numbers', { filter: { numbers: [] } }],
    ['of some time', { filter: { created: {} } }],
    ['of some amount', { filter: { total: { currency: 'EUR' } } }],
    ['of an odd size', { page: { ...firstPage, size: 21 } }],
    ['from the end', { page: { ...firstPage, backward: true } }],
    ['behind a cursor', { page: { ...firstPage, after: { value: '1', id: 1n } } }],
    ['before a cursor', { page: { ...firstPage, before: { value: '1', id: 1n } } }],
  ] satisfies [string, Partial<ListOrders>][])('is none for a page %s', (_, part) => {
    expect(pageName(list(part), false)).toBeNull();
    if ('filter' in part) expect(countName(part.filter)).toBeNull();
  });
});

describe('reads that are kept', () => {
  const counting = () => {
    const made: string[] = [];
    const reads: OrderReads = {
      page: async () => {
        made.push('page');
        return { orders: [], hasNextPage: true, hasPreviousPage: false };
      },
      count: async () => made.push('count'),
    };
    return { made, reads };
  };

  it('are answered from what was noted, and only what was not noted is read', async () => {
    const { made, reads } = counting();
    const noted = new NotedReads(reads);
    const names = [pageName(list(), true), countName({})].map(String);
    expect(noted.valuesOf(names)).toBeNull();
    const page = await noted.page(list(), { include: { items: true } });
    const count = await noted.count({});
    const values = noted.valuesOf(names);
    expect(values).not.toBeNull();
    const later = keptReads(JSON.parse(JSON.stringify(values)), reads);
    expect(await later.page(list(), { include: { items: true } })).toEqual(page);
    expect(await later.count({})).toBe(count);
    expect(made).toEqual(['page', 'count']);
    await later.page(list(), {});
    await later.count({ missingCharge: true });
    expect(made).toEqual(['page', 'count', 'page', 'count']);
  });

  it('are counted once, however often they are asked for', async () => {
    const { made, reads } = counting();
    const noted = new NotedReads(reads);
    await Promise.all([noted.count({}), noted.count({}), noted.count({ missingCharge: true })]);
    expect(made).toEqual(['count', 'count']);
  });
});
