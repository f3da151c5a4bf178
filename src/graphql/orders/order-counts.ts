import type { OrderFilter } from '../../orders/order-filter.ts';
import { builder } from '../builder.ts';

/** What each field counts. */
export const countedFilters = {
  pending: { status: ['PENDING'] },
  missingCharge: { missingCharge: true },
  missingProcessedAt: { missingProcessedAt: true },
  total: {},
} as const satisfies Readonly<Record<string, OrderFilter>>;

const orderCountsType = builder.objectRef<object>('OrderCounts').implement({
  description: 'Counts of orders that need attention. Each is counted only if requested.',
  fields: (t) => ({
    pending: t.int({
      description: 'Orders that are `PENDING`.',
      resolve: (_, __, { orders }) => orders.count(countedFilters.pending),
    }),
    missingCharge: t.int({
      description: 'Orders without a recorded charge.',
      resolve: (_, __, { orders }) => orders.count(countedFilters.missingCharge),
    }),
    missingProcessedAt: t.int({
      description: 'Orders whose payment has not been processed.',
      resolve: (_, __, { orders }) => orders.count(countedFilters.missingProcessedAt),
    }),
    total: t.int({
      description: 'All orders.',
      resolve: (_, __, { orders }) => orders.count(countedFilters.total),
    }),
  }),
});

builder.queryField('orderCounts', (t) =>
  t.field({ type: orderCountsType, description: 'Counts of orders that need attention.', resolve: () => ({}) }),
);
