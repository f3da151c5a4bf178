import { isRowAlone } from '../../database/orders/order-rows.ts';
import { findOrder } from '../../orders/find-order.ts';
import type { OrderSortField } from '../../orders/order-sort.ts';
import { defaultPageSize, maxPageSize, pageRequestOf } from '../../orders/page-request.ts';
import { builder } from '../builder.ts';
import { readWithItems } from '../limits/read-items.ts';
import { orderConnection, orderConnectionType } from './order-connection.ts';
import { orderFilterOf, orderFilterType } from './order-filter-input.ts';
import { orderIdOf } from './order-id.ts';
import { orderSelection } from './order-selection.ts';
import { orderType } from './order-type.ts';

const orderKeyType = builder.inputType('OrderKey', {
  isOneOf: true,
  description: 'What names one order. Give exactly one.',
  fields: (t) => ({
    id: t.id({ description: 'Its opaque id.' }),
    number: t.string({ description: 'Its number, such as `T-7K3M9Q2X`. Capital and small letters differ.' }),
  }),
});

const sortFields = {
  CREATED_AT: { description: 'When it was placed.' },
  UPDATED_AT: { description: 'When it was last changed.' },
  TOTAL: { description: 'What it costs, as a bare number: mind the currency.' },
  NUMBER: { description: 'Its number, letter by letter.' },
} as const satisfies Record<OrderSortField, { description: string }>;

const orderSortFieldType = builder.enumType('OrderSortField', {
  description: 'What a list of orders can be sorted by.',
  values: sortFields,
});

const sortDirectionType = builder.enumType('SortDirection', {
  description: 'Which end of a sorted list comes first.',
  values: {
    ASC: { description: 'Smallest, oldest or first in the alphabet comes first.' },
    DESC: { description: 'Largest, newest or last in the alphabet comes first.' },
  } as const,
});

const orderSortType = builder.inputType('OrderSort', {
  description: 'How to sort a list of orders. Orders that are alike follow each other by id, in the same direction.',
  fields: (t) => ({
    field: t.field({ type: orderSortFieldType, required: true, description: 'What to sort by.' }),
    direction: t.field({
      type: sortDirectionType,
      required: true,
      defaultValue: 'ASC',
      description: 'Which end comes first.',
    }),
  }),
});

builder.queryField('order', (t) =>
  t.prismaField({
    type: orderType,
    nullable: true,
    description: 'One order, or null when there is none.',
    args: { by: t.arg({ type: orderKeyType, required: true, description: 'Which order.' }) },
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
    description: 'A list of orders, page by page. No page is older than the one its cursor came from.',
    args: {
      first: t.arg.int({
        description: `How many orders from the beginning, 1 to ${maxPageSize}. ${defaultPageSize} unless \`first\` or \`last\` is given.`,
      }),
      after: t.arg.string({ description: 'Only what comes after this cursor.' }),
      last: t.arg.int({
        description: `How many orders from the end, 1 to ${maxPageSize}. Not together with \`first\`.`,
      }),
      before: t.arg.string({ description: 'Only what comes before this cursor.' }),
      where: t.arg({ type: orderFilterType, description: 'Which orders. All of them without it.' }),
      orderBy: t.arg({
        type: orderSortType,
        required: true,
        defaultValue: { field: 'CREATED_AT', direction: 'DESC' },
        description: 'How the list is sorted. Newest first unless told.',
      }),
    },
    resolve: (_, { where, orderBy: sort, ...page }, context, info) => {
      const list = { filter: orderFilterOf(where), sort, page: pageRequestOf(page, sort) };
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
