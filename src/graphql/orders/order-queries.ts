import { isRowAlone } from '../../database/orders/order-rows.ts';
import { findOrder } from '../../orders/find-order.ts';
import type { OrderSortField } from '../../orders/order-sort.ts';
import { defaultPageSize, maxPageSize, readPageRequest } from '../../orders/page-request.ts';
import { builder } from '../builder.ts';
import { readWithItems } from '../limits/read-items.ts';
import { orderConnection, orderConnectionType } from './order-connection.ts';
import { orderFilterOf, orderFilterType } from './order-filter-input.ts';
import { orderIdOf } from './order-id.ts';
import { orderSelection } from './order-selection.ts';
import { orderType } from './order-type.ts';

const orderKeyType = builder.inputType('OrderKey', {
  isOneOf: true,
  description: 'Identifies one order. Give exactly one field.',
  fields: (t) => ({
    id: t.id({ description: 'Its opaque id.' }),
    number: t.string({ description: 'Its number, such as `T-7K3M9Q2X`. Case-sensitive.' }),
  }),
});

const sortFields = {
  CREATED_AT: { description: 'When it was placed.' },
  UPDATED_AT: { description: 'When it was last changed.' },
  TOTAL: { description: 'Total as a number, regardless of currency.' },
  NUMBER: { description: 'Order number, compared by character.' },
} as const satisfies Record<OrderSortField, { description: string }>;

const orderSortFieldType = builder.enumType('OrderSortField', {
  description: 'Sort fields of a list of orders.',
  values: sortFields,
});

const sortDirectionType = builder.enumType('SortDirection', {
  description: 'Sort direction.',
  values: {
    ASC: { description: 'Ascending: smallest, oldest or alphabetically first.' },
    DESC: { description: 'Descending: largest, newest or alphabetically last.' },
  } as const,
});

const orderSortType = builder.inputType('OrderSort', {
  description: 'Sort order of a list of orders. Ties are broken by id, in the same direction.',
  fields: (t) => ({
    field: t.field({ type: orderSortFieldType, required: true, description: 'Field to sort by.' }),
    direction: t.field({
      type: sortDirectionType,
      required: true,
      defaultValue: 'ASC',
      description: 'Sort direction.',
    }),
  }),
});

builder.queryField('order', (t) =>
  t.prismaField({
    type: orderType,
    nullable: true,
    description: 'One order, or null if it does not exist.',
    args: { by: t.arg({ type: orderKeyType, required: true, description: 'Identifies the order.' }) },
    resolve: (query, _, { by }, { session }) => {
      if (by.number != null) return findOrder(session, { number: by.number }, query);
      const id = orderIdOf(by.id ?? '');
      return id === null ? null : findOrder(session, { id }, query);
    },
  }),
);

builder.queryField('orders', (t) =>
  t.field({
    type: orderConnectionType,
    description: 'A list of orders, in pages. A page is never older than the one its cursor came from.',
    args: {
      first: t.arg.int({
        description: `Number of orders from the start, 1 to ${maxPageSize}. Default: ${defaultPageSize}, if \`last\` is not given either.`,
      }),
      after: t.arg.string({ description: 'Only orders after this cursor.' }),
      last: t.arg.int({
        description: `Number of orders from the end, 1 to ${maxPageSize}. Not together with \`first\`.`,
      }),
      before: t.arg.string({ description: 'Only orders before this cursor.' }),
      where: t.arg({ type: orderFilterType, description: 'Filter. Without it, all orders.' }),
      orderBy: t.arg({
        type: orderSortType,
        required: true,
        defaultValue: { field: 'CREATED_AT', direction: 'DESC' },
        description: 'Sort order. Default: newest first.',
      }),
    },
    resolve: (_, { where, orderBy: sort, ...page }, context, info) => {
      const list = { filter: orderFilterOf(where), sort, page: readPageRequest(page, sort) };
      const selection = orderSelection(context, info, [['edges', 'node'], ['nodes']]);
      return orderConnection(
        list,
        () => {
          const read = () => context.orders.page(list, selection);
          return isRowAlone(selection) ? read() : readWithItems(context, read, ({ orders }) => orders);
        },
        () => context.pageToken(),
      );
    },
  }),
);
