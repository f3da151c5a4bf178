/** A table that whoever serves has to be able to read, with the columns that reads ask for. */
export type ServedTable = { readonly table: string; readonly columns: readonly string[] };

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
