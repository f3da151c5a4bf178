/**
 * Status transitions of an order. Keeping the same status is always allowed.
 *
 *   PENDING ──▶ PAID ──▶ SHIPPED ──▶ COMPLETED
 *      │         │ │        │            │
 *      ▼         ▼ └────────┴────────────┴──▶ REFUNDED
 *   CANCELLED ◀──┘
 */
import type { OrderStatus } from '../database/orders/order-rows.ts';

export type { OrderStatus };

export const allowedTransitions = {
  PENDING: ['PAID', 'CANCELLED'],
  PAID: ['SHIPPED', 'CANCELLED', 'REFUNDED'],
  SHIPPED: ['COMPLETED', 'REFUNDED'],
  COMPLETED: ['REFUNDED'],
  CANCELLED: [],
  REFUNDED: [],
} as const satisfies Record<OrderStatus, readonly OrderStatus[]>;

/** In the order in which a status can be reached. */
export const orderStatuses = Object.keys(allowedTransitions) as readonly (keyof typeof allowedTransitions)[];

export function mayBecome(from: OrderStatus, to: OrderStatus): boolean {
  return from === to || allowedFrom(from).includes(to);
}

/** The statuses that may follow `from`, without itself. */
export function allowedFrom(from: OrderStatus): readonly OrderStatus[] {
  return allowedTransitions[from];
}

/** The statuses from which an order may become `to`, including `to` itself. */
export function statusesBefore(to: OrderStatus): OrderStatus[] {
  return orderStatuses.filter((from) => mayBecome(from, to));
}
