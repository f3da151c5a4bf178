import type { Order } from '../../database/orders/order-rows.ts';
import type { OrderPage } from '../../orders/list-orders.ts';
import { writeCursor } from '../../orders/order-cursor.ts';
import type { OrderFilter } from '../../orders/order-filter.ts';
import { type OrderSort, placeOf } from '../../orders/order-sort.ts';
import { unhurried } from '../../platform/unhurried.ts';
import { builder } from '../builder.ts';
import { weightOfOrder } from '../limits/read-items.ts';
import { orderType } from './order-type.ts';

/** A page, read once, when any part of it is requested. */
export type OrderConnection = {
  readonly filter: OrderFilter;
  readonly page: () => Promise<OrderPage>;
  readonly cursorOf: (order: Order) => Promise<string>;
};

/** `pageToken` is taken once, after the rows were read: cursors carry what the page has seen. */
export function orderConnection(
  source: { filter: OrderFilter; sort: OrderSort },
  readPage: () => Promise<OrderPage>,
  pageToken: () => Promise<string | null>,
): OrderConnection {
  const page = once(readPage);
  const token = once(async () => {
    await page();
    return pageToken();
  });
  return {
    filter: source.filter,
    page,
    cursorOf: async (order) => writeCursor(source.sort, placeOf(order, source.sort.field), await token()),
  };
}

function once<T>(start: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | null = null;
  return () => {
    started ??= start();
    return started;
  };
}

const orderEdgeType = builder.objectRef<{ connection: OrderConnection; node: Order }>('OrderEdge').implement({
  description: 'An order and its position in the list.',
  fields: (t) => ({
    cursor: t.string({
      description: 'Opaque position in the list, for `after` and `before`. Only valid with the same `orderBy`.',
      resolve: ({ connection, node }) => connection.cursorOf(node),
    }),
    node: t.field({ type: orderType, description: 'The order.', resolve: ({ node }) => node }),
  }),
});

const pageInfoType = builder.objectRef<{ connection: OrderConnection; page: OrderPage }>('PageInfo').implement({
  description: 'Information for paging.',
  fields: (t) => ({
    hasNextPage: t.boolean({ description: 'More orders follow this page.', resolve: ({ page }) => page.hasNextPage }),
    hasPreviousPage: t.boolean({
      description: 'More orders precede this page.',
      resolve: ({ page }) => page.hasPreviousPage,
    }),
    startCursor: t.string({
      nullable: true,
      description: 'Cursor of the first order of this page, for `before`. Null if the page is empty.',
      resolve: ({ connection, page }) => cursorAt(connection, page.orders.at(0)),
    }),
    endCursor: t.string({
      nullable: true,
      description: 'Cursor of the last order of this page, for `after`. Null if the page is empty.',
      resolve: ({ connection, page }) => cursorAt(connection, page.orders.at(-1)),
    }),
  }),
});

function cursorAt(connection: OrderConnection, order: Order | undefined): Promise<string> | null {
  return order === undefined ? null : connection.cursorOf(order);
}

export const orderConnectionType = builder.objectRef<OrderConnection>('OrderConnection').implement({
  description: 'One page of a list of orders.',
  fields: (t) => ({
    edges: t.field({
      type: [orderEdgeType],
      description: 'The orders of this page, each with its cursor.',
      resolve: async (connection, _, { standBack }) =>
        unhurried(
          (await connection.page()).orders.map((node) => ({ connection, node })),
          standBack,
          ({ node }) => weightOfOrder(node),
        ),
    }),
    nodes: t.field({
      type: [orderType],
      description: 'The orders of this page, without cursors.',
      resolve: async (connection, _, { standBack }) =>
        unhurried((await connection.page()).orders, standBack, weightOfOrder),
    }),
    pageInfo: t.field({
      type: pageInfoType,
      description: 'Information for paging.',
      resolve: async (connection) => ({ connection, page: await connection.page() }),
    }),
    totalCount: t.int({
      description: 'Number of orders on all pages. Counted only if requested.',
      resolve: ({ filter }, _, { orders }) => orders.count(filter),
    }),
  }),
});
