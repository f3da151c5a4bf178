import type { Served } from '../database/nodes/serves.ts';
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

const keyless = 'writes with an idempotency key fail';
const unproved = 'the outcome of a commit whose answer was lost cannot be determined';
const unrecorded = 'a promotion cannot be recorded';

/** What operations on orders write, and what the guarantees depend on. */
const written: Served['written'] = [
  {
    table: 'orders',
    rights: {
      INSERT: {
        columns: ['number', 'user_id', 'total', 'currency', 'charge', 'processed_at', 'created_at', 'updated_at'],
        without: 'no order can be created',
        stops: true,
      },
      UPDATE: {
        columns: ['status', 'charge', 'processed_at', 'version', 'updated_at'],
        without: 'no order can be changed',
      },
      DELETE: { columns: [], without: 'no order can be deleted' },
    },
  },
  {
    table: 'order_items',
    rights: { INSERT: { columns: itemColumns, without: 'no order can be created', stops: true } },
  },
  {
    table: 'idempotency_keys',
    rights: {
      INSERT: { columns: ['operation', 'key', 'input_hash', 'result', 'created_at'], without: keyless },
      UPDATE: { columns: ['result', 'position', 'issued_at_ms', 'position_attempts'], without: keyless },
      DELETE: { columns: [], without: 'old idempotency keys are never purged' },
    },
  },
  {
    table: 'commit_proofs',
    rights: {
      INSERT: { columns: ['writer', 'number', 'written_at'], without: unproved },
      UPDATE: { columns: ['number', 'written_at'], without: unproved },
      DELETE: { columns: [], without: 'entries of old connections are never purged' },
    },
  },
  {
    table: 'cluster_epochs',
    rights: {
      INSERT: { columns: ['epoch', 'source_id', 'end_of_previous', 'started_at'], without: unrecorded },
      UPDATE: { columns: ['source_id'], without: unrecorded },
    },
  },
  {
    table: 'cluster_servers',
    rights: {
      INSERT: { columns: ['server', 'cluster'], without: 'this cluster cannot be told from a copy of it' },
    },
  },
];

/** If there is a backup. */
const outbox: Served['written'][number] = {
  table: 'outbox',
  rights: {
    INSERT: {
      columns: ['model', 'record_key', 'created_at', 'due_at'],
      without: 'no order can be written',
      stops: true,
    },
    UPDATE: {
      columns: ['claimed_by', 'attempts', 'due_at', 'reason', 'parked_at'],
      without: 'nothing is copied to the backup',
    },
    DELETE: { columns: [], without: 'changes that the backup already has are copied again' },
  },
};

export function servedOrders({ hasBackup }: { readonly hasBackup: boolean }): Served {
  return { tables, written: hasBackup ? [...written, outbox] : written, migrations };
}
