import type { MirroredModel } from '../database/mirror/mirrored-tables.ts';

export const mirroredOrder: MirroredModel = {
  model: 'Order',
  table: 'orders',
  key: 'id',
  children: [{ table: 'order_items', parentKey: 'order_id', key: ['line'] }],
};

/** What the backup keeps: orders, each with its items. */
export const mirroredOrders: readonly MirroredModel[] = [mirroredOrder];
