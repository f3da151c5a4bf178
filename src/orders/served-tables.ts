import type { Served } from '../database/serves.ts';
import { itemColumns, orderColumns } from './order-columns.ts';

/** What operations on orders read. */
const tables: Served['tables'] = [
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

/** By the names of their folders in `prisma/orders/migrations`. */
const migrations = [
  '20261101090000_orders',
  '20261101090100_cluster_epochs',
  '20261121090000_outbox',
  '20261129200000_cluster_servers',
  '20261129210000_commit_proofs',
];

export const servedOrders: Served = { tables, migrations };
