import { isEnumType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { OrderStatus as stored } from '../../../prisma/generated/orders/client.ts';
import { schema } from '../../../src/graphql/schema.ts';
import {
  allowedFrom,
  mayBecome,
  type OrderStatus,
  orderStatuses,
  statusesBefore,
} from '../../../src/orders/order-status.ts';

const table: Record<OrderStatus, readonly OrderStatus[]> = {
  PENDING: ['PAID', 'CANCELLED'],
  PAID: ['SHIPPED', 'CANCELLED', 'REFUNDED'],
  SHIPPED: ['COMPLETED', 'REFUNDED'],
  COMPLETED: ['REFUNDED'],
  CANCELLED: [],
  REFUNDED: [],
};

describe('an order', () => {
  it.each(orderStatuses)('that is %s becomes only what the table says', (from) => {
    expect(allowedFrom(from)).toEqual(table[from]);
    for (const to of orderStatuses) expect(mayBecome(from, to)).toBe(from === to || table[from].includes(to));
  });

  it.each<[to: OrderStatus, from: readonly OrderStatus[]]>([
    ['PENDING', ['PENDING']],
    ['PAID', ['PENDING', 'PAID']],
    ['SHIPPED', ['PAID', 'SHIPPED']],
    ['COMPLETED', ['SHIPPED', 'COMPLETED']],
    ['CANCELLED', ['PENDING', 'PAID', 'CANCELLED']],
    ['REFUNDED', ['PAID', 'SHIPPED', 'COMPLETED', 'REFUNDED']],
  ])('that is to be %s is looked for as one of %j', (to, from) => {
    expect(statusesBefore(to)).toEqual(from);
  });

  it('has every status that the database knows', () => {
    expect([...orderStatuses]).toEqual(Object.keys(stored));
  });

  it.each(orderStatuses)('is told in the schema what it may become when it is %s', (from) => {
    const type = schema.getType('OrderStatus');
    const text = isEnumType(type) ? (type.getValue(from)?.description ?? '') : '';
    const told = [...text.matchAll(/`([A-Z]+)`/g)].map(([, name]) => name);
    expect(told).toEqual(allowedFrom(from));
    expect(text.endsWith('Final.')).toBe(allowedFrom(from).length === 0);
  });
});
