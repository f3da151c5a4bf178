import { describe, expect, it } from 'vitest';
import { Decimal, type OrderWithItems } from '../../../src/database/orders/order-rows.ts';
import { type OrderChange, readChange, writeChange } from '../../../src/orders/order-change.ts';
import { OrderChanges } from '../../../src/orders/order-changes.ts';

const moment = new Date('2026-03-01T12:00:00.123Z');
const order: OrderWithItems = {
  id: 2n ** 63n - 1n,
  number: 'T-1',
  userId: 7n,
  status: 'PAID',
  total: new Decimal('12.50'),
  currency: 'EUR',
  charge: null,
  processedAt: moment,
  version: 3,
  createdAt: moment,
  updatedAt: moment,
  items: [{ orderId: 2n ** 63n - 1n, line: 1, sku: 'S', name: 'N', quantity: 1, unitPrice: new Decimal('12.50') }],
};
const change = (id = order.id): OrderChange => ({ kind: 'UPDATED', id, order: { ...order, id }, atMs: 5, token: 'T' });

describe('a change of an order', () => {
  it('is the same after it went through Redis', () => {
    expect(readChange(writeChange(change()))).toEqual(change());
    const deleted: OrderChange = { kind: 'DELETED', id: 1n, order: null, atMs: 5, token: 'T' };
    expect(readChange(writeChange(deleted))).toEqual(deleted);
  });
});

describe('who listens to changes', () => {
  it('hears of all orders, or of those that were asked for', async () => {
    const changes = new OrderChanges(null);
    const [all, one, none] = [changes.open(null), changes.open([2n]), changes.open([])];
    for (const id of [1n, 2n]) changes.publish(() => change(id));
    changes.close();
    const heard = async (stream: typeof all) => {
      const ids: bigint[] = [];
      for await (const { item } of stream) ids.push(item.id);
      return ids;
    };
    expect([await heard(all), await heard(one), await heard(none)]).toEqual([[1n, 2n], [2n], []]);
  });

  it('gets tokens that include what was told before, where that can be', async () => {
    const join = (earlier: string, token: string) =>
      token === 'alone' ? null : { told: `${earlier}+${token}`, kept: `${earlier}+${token}` };
    const changes = new OrderChanges(null, join);
    const streams = [changes.open(null), changes.open([2n])];
    const tokens = ['a', 'b', 'alone', 'c'];
    for (const token of tokens) changes.publish(() => ({ ...change(2n), token }));
    for (const stream of streams) {
      for (const told of ['a', 'a+b', 'alone', 'alone+c']) expect((await stream.next()).value.item.token).toBe(told);
    }
    changes.close();
  });

  it('is told again of what was lost, if it was told of it before', async () => {
    const join = (earlier: string, token: string) =>
      earlier === 'lost' ? { told: 'lost,b', kept: 'b' } : { told: `${earlier}+${token}`, kept: `${earlier}+${token}` };
    const changes = new OrderChanges(null, join);
    const before = changes.open(null);
    changes.publish(() => ({ ...change(2n), token: 'lost' }));
    const later = changes.open(null);
    for (const token of ['b', 'c']) changes.publish(() => ({ ...change(2n), token }));
    for (const told of ['lost', 'lost,b', 'b+c']) expect((await before.next()).value.item.token).toBe(told);
    for (const told of ['b', 'b+c']) expect((await later.next()).value.item.token).toBe(told);
    changes.close();
  });

  it('and reads slowly loses the oldest, and is told how many', async () => {
    const changes = new OrderChanges(null);
    const stream = changes.open(null);
    for (let id = 1n; id <= 1005n; id += 1n) changes.publish(() => change(id));
    const { value } = await stream.next();
    expect({ id: value.item.id, missed: value.missed }).toEqual({ id: 6n, missed: 5 });
    stream.end();
  });

  it('is turned away when there are too many', () => {
    const changes = new OrderChanges(null);
    for (let count = 0; count < 1000; count += 1) changes.open(null);
    expect(() => changes.open(null)).toThrow(expect.objectContaining({ code: 'OVERLOADED', retryable: true }));
    changes.close();
    changes.open(null);
  });

  it('ignores a change without subscribers', () => {
    const changes = new OrderChanges(null);
    changes.publish(() => {
      throw new Error('asked for');
    });
    changes.open(null);
    expect(() =>
      changes.publish(() => {
        throw new Error('asked for');
      }),
    ).toThrow('asked for');
  });
});
