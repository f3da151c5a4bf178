import type { OrdersSession } from '../database/orders/orders-client.ts';
import { type OrderFilter, whereOf } from './order-filter.ts';
import { selectCount } from './order-statements.ts';

export async function countOrders(session: OrdersSession, filter: OrderFilter): Promise<number> {
  const statement = selectCount(filter);
  if (statement !== null) return (await session.rows(statement))[0] ?? 0;
  return session.client.order.count({ where: whereOf(filter) });
}
