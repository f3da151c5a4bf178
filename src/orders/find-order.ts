import { isRowAlone, type Order, type OrderSelection } from '../database/orders/order-rows.ts';
import type { OrdersSession } from '../database/orders/orders-client.ts';
import { ValueRefusedError } from '../servers/refused-value.ts';
import { type OrderKey, selectOrder, selectOrders } from './order-statements.ts';

export async function findOrder(
  session: OrdersSession,
  key: OrderKey,
  selection: OrderSelection,
): Promise<Order | null> {
  try {
    if (isRowAlone(selection)) return (await session.rows(selectOrder(key)))[0] ?? null;
    return await session.client.order.findUnique({ ...selection, where: key });
  } catch (error) {
    // An id that the database cannot store does not exist in it.
    if (error instanceof ValueRefusedError) return null;
    throw error;
  }
}

/** Those of these orders that exist, by id. */
export async function findOrders(
  session: OrdersSession,
  ids: readonly bigint[],
  selection: OrderSelection,
): Promise<ReadonlyMap<bigint, Order>> {
  if (ids.length === 0) return new Map();
  const found: readonly Order[] = isRowAlone(selection)
    ? await session.rows(selectOrders(ids))
    : await session.client.order.findMany({ ...selection, where: { id: { in: [...ids] } } });
  return new Map(found.map((order) => [order.id, order]));
}
