import { describe, expect, it } from 'vitest';
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

  it('is looked for under every status that it may come from', () => {
    for (const to of orderStatuses) {
      expect(statusesBefore(to)).toEqual(orderStatuses.filter((from) => mayBecome(from, to)));
      expect(statusesBefore(to)).toContain(to);
    }
  });
});
