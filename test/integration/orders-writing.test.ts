import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOrder } from '../../src/orders/create-order.ts';
import { deleteOrder } from '../../src/orders/delete-order.ts';
import {
  InvalidInputError,
  InvalidStatusTransitionError,
  OrderNotFoundError,
  VersionConflictError,
} from '../../src/orders/errors.ts';
import { findOrder } from '../../src/orders/find-order.ts';
import { createOrderRules, type UpdateOrder } from '../../src/orders/order-rules.ts';
import { allowedFrom, orderStatuses } from '../../src/orders/order-status.ts';
import { updateOrder } from '../../src/orders/update-order.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type OrdersDatabase, startOrdersDatabase, type TestSession } from '../support/orders-database.ts';

let database: OrdersDatabase;
let session: TestSession;

const items = [
  { sku: 'MUG', name: 'Mug', quantity: 3, unitPrice: '0.10' },
  { sku: 'PAN', name: 'Pän 🍳', quantity: 1, unitPrice: '5' },
];
const command = (part: object = {}) => createOrderRules.parse({ userId: '7', currency: 'EUR', items, ...part });
const dependencies = () => ({ session, clock: systemClock, randomBytes });
const create = (part?: object) => createOrder(dependencies(), command(part));
const update = (change: Pick<UpdateOrder, 'id' | 'expectedVersion'> & Partial<UpdateOrder>) =>
  updateOrder(dependencies(), { idempotencyKey: null, ...change });
const stored = (id: bigint) => findOrder(database.session(), { id }, { include: { items: true } });

beforeAll(async () => {
  database = await startOrdersDatabase();
});
afterAll(() => database?.stop());
beforeEach(() => {
  session = database.session();
});

describe('creating an order', () => {
  it('stores what it answers, the total exact', async () => {
    const order = await create({ charge: '5.3', processedAt: new Date('2026-02-03T04:05:06.789Z') });
    expect(order).toMatchObject({ userId: 7n, status: 'PENDING', currency: 'EUR', version: 1 });
    expect(order.total.toFixed(2)).toBe('5.30');
    expect(await stored(order.id)).toEqual(order);
  });

  it('draws numbers that are easy to read, and another one when one is taken', async () => {
    const { number } = await create();
    expect(number).toMatch(/^T-[0-9A-HJKMNP-TV-Z]{8}$/);
    const draws = [...Array(3).fill(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)), Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1)];
    const drawing = { ...dependencies(), randomBytes: () => draws.shift() ?? new Uint8Array(8) };
    expect((await createOrder(drawing, command())).number).toBe('T-12345678');
    expect((await createOrder(drawing, command())).number).toBe('T-87654321');
  });

  it('refuses a number that is taken, and leaves nothing behind', async () => {
    await create({ number: 'A-1' });
    const before = await database.client.order.count();
    const refused = create({ number: 'A-1', idempotencyKey: 'taken' });
    await expect(refused).rejects.toBeInstanceOf(InvalidInputError);
    await expect(refused).rejects.toMatchObject({ faults: [{ path: ['number'] }] });
    expect(await database.client.order.count()).toBe(before);
    expect(await database.client.idempotencyKey.count({ where: { key: 'taken' } })).toBe(0);
    expect((await create({ number: 'a-1' })).number).toBe('a-1');
  });

  it('holds the largest order there can be', async () => {
    const order = await create({
      items: [{ ...items[0], quantity: 1, unitPrice: '9999999999.99' }],
      userId: `${2n ** 63n - 1n}`,
    });
    expect(await stored(order.id)).toEqual(order);
  });
});

describe('updating an order', () => {
  it('changes what is given and nothing else, and counts the version up', async () => {
    const created = await create({ charge: '1' });
    const paid = await update({ id: created.id, expectedVersion: 1, status: 'PAID', processedAt: new Date(5) });
    expect(paid).toEqual({
      ...created,
      status: 'PAID',
      processedAt: new Date(5),
      version: 2,
      updatedAt: paid.updatedAt,
    });
    const cleared = await update({ id: created.id, expectedVersion: 2, charge: null });
    expect(cleared).toMatchObject({ charge: null, status: 'PAID', version: 3 });
    expect(await stored(created.id)).toEqual(cleared);
  });

  it('lets one of many updates of the same version win', async () => {
    const { id } = await create();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => update({ id, expectedVersion: 1, charge: BigInt(index) })),
    );
    const won = outcomes.filter(({ status }) => status === 'fulfilled');
    const lost = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(won).toHaveLength(1);
    for (const error of lost) {
      expect(error).toBeInstanceOf(VersionConflictError);
      expect(error).toMatchObject({ expectedVersion: 1, current: { id, version: 2 } });
    }
    expect(await stored(id)).toMatchObject({ version: 2 });
  });

  it('loses no update of clients that try again with what the conflict shows', async () => {
    const { id } = await create({ charge: '0' });
    const add = async () => {
      for (let seen = { version: 1, charge: 0n }; ; ) {
        try {
          return await update({ id, expectedVersion: seen.version, charge: seen.charge + 1n });
        } catch (error) {
          if (!(error instanceof VersionConflictError)) throw error;
          const { version, charge } = error.current;
          seen = { version, charge: BigInt(charge?.times(100).toFixed(0) ?? 0) };
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, add));
    expect((await stored(id))?.charge?.toFixed(2)).toBe('0.08');
  });

  it('shows a conflicting order with its items, as the source has it', async () => {
    const created = await create();
    const current = await update({ id: created.id, expectedVersion: 1, charge: 5n });
    await expect(update({ id: created.id, expectedVersion: 1, charge: 6n })).rejects.toMatchObject({ current });
    await expect(update({ id: created.id, expectedVersion: 9, status: 'COMPLETED' })).rejects.toMatchObject({
      current,
    });
  });

  it.each(orderStatuses)('moves an order that is %s only where the table lets it', async (from) => {
    for (const to of orderStatuses) {
      const { id } = await create();
      await database.client.order.update({ where: { id }, data: { status: from } });
      const attempt = update({ id, expectedVersion: 1, status: to });
      if (from === to || allowedFrom(from).includes(to)) {
        await expect(attempt).resolves.toMatchObject({ status: to, version: 2 });
      } else {
        await expect(attempt).rejects.toBeInstanceOf(InvalidStatusTransitionError);
        await expect(attempt).rejects.toMatchObject({ from, to, allowed: allowedFrom(from) });
        expect(await stored(id)).toMatchObject({ status: from, version: 1 });
      }
    }
  });

  it('finds out that there is no such order', async () => {
    await expect(update({ id: 2n ** 62n, expectedVersion: 1, charge: 1n })).rejects.toBeInstanceOf(OrderNotFoundError);
  });
});

describe('deleting an order', () => {
  const remove = (id: bigint, expectedVersion: number) =>
    deleteOrder(dependencies(), { id, expectedVersion, idempotencyKey: null });

  it('takes its items with it', async () => {
    const { id } = await create();
    expect(await remove(id, 1)).toBe(id);
    expect(await stored(id)).toBeNull();
    expect(await database.client.orderItem.count({ where: { orderId: id } })).toBe(0);
  });

  it('is refused when the order has moved on or is gone', async () => {
    const { id } = await create();
    const current = await update({ id, expectedVersion: 1, charge: 1n });
    await expect(remove(id, 1)).rejects.toMatchObject({ current });
    expect(await remove(id, 2)).toBe(id);
    await expect(remove(id, 2)).rejects.toBeInstanceOf(OrderNotFoundError);
  });
});
