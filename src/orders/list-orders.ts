import { isRowAlone, type Order, type OrderSelection, type OrderWhere } from '../database/orders/order-rows.ts';
import type { OrdersSession } from '../database/orders/orders-client.ts';
import { type OrderFilter, whereOf } from './order-filter.ts';
import { from, isAt, type OrderSort, opposite, type Place, sortingOf } from './order-sort.ts';
import { selectFirst } from './order-statements.ts';
import type { PageRequest } from './page-request.ts';

export type ListOrders = { readonly filter: OrderFilter; readonly sort: OrderSort; readonly page: PageRequest };

export type OrderPage<Row extends Order = Order> = {
  /** In sort order, from whichever end they were requested. */
  readonly orders: readonly Row[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
};

/**
 * One page by keyset: the next page starts at the place of the last row, even if that row has been deleted or moved, or never was
 * on this node.
 *
 * The rows at both places are read with the page: if they exist, there is something beyond them. Only if one is gone does a separate
 * query check.
 */
export async function listOrders(
  session: OrdersSession,
  { filter, sort: given, page }: ListOrders,
  selection: OrderSelection,
): Promise<OrderPage> {
  const turned = { field: given.field, direction: opposite(given.direction) };
  const [sort, back] = page.backward ? [turned, given] : [given, turned];
  const [near, far] = page.backward ? [page.before, page.after] : [page.after, page.before];
  const where: OrderWhere[] = [whereOf(filter)];
  if (near !== null) where.push(from(sort, near));
  if (far !== null) where.push(from(back, far));
  const take = page.size + where.length;
  const isFirst = near === null && far === null && isRowAlone(selection);
  const first = isFirst ? selectFirst(filter, sort, take) : null;
  const rows =
    first === null
      ? await session.client.order.findMany({ ...selection, where: { AND: where }, orderBy: sortingOf(sort), take })
      : await session.rows(first);
  const isThere = (place: Place | null) => place !== null && rows.some((row) => isAt(row, sort, place));
  const between = rows.filter((row) => [near, far].every((place) => place === null || !isAt(row, sort, place)));
  const orders = between.slice(0, page.size);
  const anyBeyond = async (direction: OrderSort, place: Place | null) =>
    place !== null && (isThere(place) || (await existsFrom(session, filter, direction, place)));
  const [before, after] = await Promise.all([
    anyBeyond(back, near),
    between.length > page.size || anyBeyond(sort, far),
  ]);
  return page.backward
    ? { orders: orders.reverse(), hasNextPage: before, hasPreviousPage: after }
    : { orders, hasNextPage: after, hasPreviousPage: before };
}

/** The row at the place may exist although the page does not show it: with swapped cursors nothing lies between them. */
async function existsFrom(
  session: OrdersSession,
  filter: OrderFilter,
  sort: OrderSort,
  place: Place,
): Promise<boolean> {
  const where = { AND: [whereOf(filter), from(sort, place)] };
  const row = await session.client.order.findFirst({ where, orderBy: sortingOf(sort), select: { id: true } });
  return row !== null;
}
