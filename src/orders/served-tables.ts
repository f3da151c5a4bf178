import type { ServedTable } from '../database/serves.ts';
import { itemColumns, orderColumns } from './order-columns.ts';

/** What operations on orders read. */
export const servedOrders: readonly ServedTable[] = [
  { table: 'orders', columns: orderColumns },
  { table: 'order_items', columns: itemColumns },
  {
    table: 'idempotency_keys',
    columns: [
      'operation',
      'key',
      'input_hash',
      'result',
      'position',
      'issued_at_ms',
      'position_attempts',
      'created_at',
    ],
  },
];
