import { ValueRefusedError } from '../database/errors.ts';
import type { Order, OrderSelection } from '../database/order-rows.ts';
import type { OrdersSession } from '../database/orders-client.ts';

export type OrderKey = { readonly id: bigint } | { readonly number: string };

export async function findOrder(
  session: OrdersSession,
  key: OrderKey,
  selection: OrderSelection,
): Promise<Order | null> {
  try {
    return await session.client.order.findUnique({ ...selection, where: key });
  } catch (error) {
    // What a database cannot hold it does not have.
    if (error instanceof ValueRefusedError) return null;
    throw error;
  }
}
