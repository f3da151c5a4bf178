import type { OrdersSession } from '../database/orders-client.ts';
import { type OrderFilter, whereOf } from './order-filter.ts';

export async function countOrders(session: OrdersSession, filter: OrderFilter): Promise<number> {
  return session.client.order.count({ where: whereOf(filter) });
}
