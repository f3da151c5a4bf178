import type { OrderSelection } from '../database/orders/order-rows.ts';
import type { OrdersSession } from '../database/orders/orders-client.ts';
import { countOrders } from './count-orders.ts';
import { type ListOrders, listOrders, type OrderPage } from './list-orders.ts';
import type { OrderFilter } from './order-filter.ts';

/** The common reads, as an interface: their results may come from the cache. */
export interface OrderReads {
  page(list: ListOrders, selection: OrderSelection): Promise<OrderPage>;
  count(filter: OrderFilter): Promise<number>;
}

/** Reads for this operation alone. */
export function readOrders(session: OrdersSession): OrderReads {
  return {
    page: (list, selection) => listOrders(session, list, selection),
    count: (filter) => countOrders(session, filter),
  };
}
