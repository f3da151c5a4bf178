/** Columns of the tables of orders, as the schema maps them. */
export const orderColumns = [
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
] as const;
export const itemColumns = ['order_id', 'line', 'sku', 'name', 'quantity', 'unit_price'] as const;
