import type { OrdersSession } from '../database/orders/orders-client.ts';
import { type OrderFilter, whereOf } from './order-filter.ts';

/** Ids of the newest orders, at most `limit`. */
export async function findOrderIds(
  session: OrdersSession,
  filter: OrderFilter,
  limit: number,
): Promise<readonly bigint[]> {
  const rows = await session.client.order.findMany({
    where: whereOf(filter),
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    select: { id: true },
    take: limit,
  });
  return rows.map(({ id }) => id);
}
