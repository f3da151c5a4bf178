import type { Order, OrderSelection, OrderWhere } from '../database/order-rows.ts';
import type { OrdersSession } from '../database/orders-client.ts';
import { type OrderFilter, whereOf } from './order-filter.ts';
import { beyond, type OrderSort, opposite, sortingOf } from './order-sort.ts';
import type { PageRequest } from './page-request.ts';

export type ListOrders = { readonly filter: OrderFilter; readonly sort: OrderSort; readonly page: PageRequest };

export type OrderPage<Row extends Order = Order> = {
  /** In the order of the sort, whichever end they were asked for from. */
  readonly orders: readonly Row[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
};

/**
 * One page in one query, by keyset: the place of the last row seen is where the next page begins, also when that row is
 * gone, has moved, or never was on the node that is asked.
 */
export async function listOrders(
  session: OrdersSession,
  { filter, sort, page }: ListOrders,
  selection: OrderSelection,
): Promise<OrderPage> {
  const backwards = { field: sort.field, direction: opposite(sort.direction) };
  const where: OrderWhere[] = [whereOf(filter)];
  if (page.after !== null) where.push(beyond(sort, page.after));
  if (page.before !== null) where.push(beyond(backwards, page.before));
  const rows = await session.client.order.findMany({
    ...selection,
    where: { AND: where },
    orderBy: sortingOf(page.backward ? backwards : sort),
    take: page.size + 1,
  });
  const more = rows.length > page.size;
  const orders = rows.slice(0, page.size);
  // A cursor names a row that some page showed, so there is something on its other side.
  return page.backward
    ? { orders: orders.reverse(), hasNextPage: page.before !== null, hasPreviousPage: more }
    : { orders, hasNextPage: more, hasPreviousPage: page.after !== null };
}
