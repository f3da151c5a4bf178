import type { OrderStatus } from './order-view.ts';

export const statusWords: Readonly<Record<OrderStatus, string>> = {
  PENDING: 'Pending',
  PAID: 'Paid',
  SHIPPED: 'Shipped',
  COMPLETED: 'Completed',
  CANCELLED: 'Cancelled',
  REFUNDED: 'Refunded',
};

export const statusHues: Readonly<Record<OrderStatus, string>> = {
  PENDING: 'warn',
  PAID: 'calm',
  SHIPPED: 'violet',
  COMPLETED: 'good',
  CANCELLED: 'grey',
  REFUNDED: 'bad',
};

/** The transitions that the page offers. The API enforces them. */
export const nextStatuses: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  PENDING: ['PAID', 'CANCELLED'],
  PAID: ['SHIPPED', 'CANCELLED', 'REFUNDED'],
  SHIPPED: ['COMPLETED', 'REFUNDED'],
  COMPLETED: ['REFUNDED'],
  CANCELLED: [],
  REFUNDED: [],
};
