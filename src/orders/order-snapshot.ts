/** An order with its items as JSON text and back: what a replayed call returns, even if the order has been deleted since. */
import { Decimal, type OrderWithItems } from '../database/orders/order-rows.ts';
import type { OrderStatus } from './order-status.ts';

type ItemSnapshot = { line: number; sku: string; name: string; quantity: number; unitPrice: string };
type OrderSnapshot = {
  id: string;
  number: string;
  userId: string;
  status: OrderStatus;
  total: string;
  currency: string;
  charge: string | null;
  processedAt: string | null;
  version: number;
  createdAt: string;
  updatedAt: string;
  items: ItemSnapshot[];
};

export function writeSnapshot(order: OrderWithItems): string {
  const snapshot: OrderSnapshot = {
    ...order,
    id: order.id.toString(),
    userId: order.userId.toString(),
    total: order.total.toFixed(2),
    charge: order.charge?.toFixed(2) ?? null,
    processedAt: order.processedAt?.toISOString() ?? null,
    createdAt: order.createdAt.toISOString(),
    updatedAt: order.updatedAt.toISOString(),
    items: order.items.map(({ line, sku, name, quantity, unitPrice }) => ({
      line,
      sku,
      name,
      quantity,
      unitPrice: unitPrice.toFixed(2),
    })),
  };
  return JSON.stringify(snapshot);
}

export function readSnapshot(text: string): OrderWithItems {
  const snapshot = JSON.parse(text) as OrderSnapshot;
  const id = BigInt(snapshot.id);
  return {
    ...snapshot,
    id,
    userId: BigInt(snapshot.userId),
    total: new Decimal(snapshot.total),
    charge: snapshot.charge === null ? null : new Decimal(snapshot.charge),
    processedAt: snapshot.processedAt === null ? null : new Date(snapshot.processedAt),
    createdAt: new Date(snapshot.createdAt),
    updatedAt: new Date(snapshot.updatedAt),
    items: snapshot.items.map((item) => ({ ...item, orderId: id, unitPrice: new Decimal(item.unitPrice) })),
  };
}
