import type { ServedTable } from '../database/serves.ts';

/** What operations on orders read. */
export const servedOrders: readonly ServedTable[] = [
  {
    table: 'orders',
    columns: [
      'id',
      'number',
      'user_id',
      'status',
      'total',
      'currency',
      'charge',
      'processed_at',
      'version',
      'created_at',
      'updated_at',
    ],
  },
  { table: 'order_items', columns: ['order_id', 'line', 'sku', 'name', 'quantity', 'unit_price'] },
  { table: 'idempotency_keys', columns: ['operation', 'key', 'input_hash', 'result', 'position', 'issued_at_ms'] },
];
