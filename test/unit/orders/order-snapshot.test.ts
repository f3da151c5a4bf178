import { expect, it } from 'vitest';
import { Decimal, type OrderWithItems } from '../../../src/database/orders/order-rows.ts';
import { readSnapshot, writeSnapshot } from '../../../src/orders/order-snapshot.ts';

const order: OrderWithItems = {
  id: 2n ** 53n + 1n,
  number: 'T-1',
  userId: 9_007_199_254_740_993n,
  status: 'PAID',
  total: new Decimal('9999999999.99'),
  currency: 'EUR',
  charge: new Decimal('0.10'),
  processedAt: new Date('2026-03-01T00:00:00.001Z'),
  version: 3,
  createdAt: new Date('2026-03-01T00:00:00.000Z'),
  updatedAt: new Date('2026-03-02T00:00:00.999Z'),
  items: [{ orderId: 2n ** 53n + 1n, line: 1, sku: 'a', name: 'Ä "b"', quantity: 2, unitPrice: new Decimal('5.00') }],
};

it.each([order, { ...order, charge: null, processedAt: null, items: [] }])(
  'A snapshot reads back as the order it was taken of, every digit of it',
  (taken) => {
    expect(readSnapshot(writeSnapshot(taken))).toEqual(taken);
  },
);
