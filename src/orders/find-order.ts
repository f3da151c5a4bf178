import type { Order, OrderSelection } from '../database/order-rows.ts';
import type { OrdersSession } from '../database/orders-client.ts';

export type OrderKey = { readonly id: bigint } | { readonly number: string };

export async function findOrder(
  session: OrdersSession,
  key: OrderKey,
  selection: OrderSelection,
): Promise<Order | null> {
  return session.client.order.findUnique({ ...selection, where: key });
}
