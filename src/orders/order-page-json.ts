/** Pages of orders as JSON and back without loss: numbers that JSON would round are strings, times are milliseconds. */
import { Decimal, type Order, type OrderItem } from '../database/orders/order-rows.ts';
import type { OrderPage } from './list-orders.ts';

type OrderJson = Omit<Order, 'id' | 'userId' | 'total' | 'charge' | 'processedAt' | 'createdAt' | 'updatedAt'> & {
  readonly id: string;
  readonly userId: string;
  readonly total: string;
  readonly charge: string | null;
  readonly processedAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly items?: readonly ItemJson[];
};
type ItemJson = Omit<OrderItem, 'orderId' | 'unitPrice'> & { readonly orderId: string; readonly unitPrice: string };
type PageJson = Omit<OrderPage, 'orders'> & { readonly orders: readonly OrderJson[] };

export function pageToJson({ orders, ...page }: OrderPage): unknown {
  return { ...page, orders: orders.map(orderToJson) } satisfies PageJson;
}

export function pageFromJson(json: unknown): OrderPage {
  const { orders, ...page } = json as PageJson;
  return { ...page, orders: orders.map(orderFromJson) };
}

function orderToJson(order: Order & { readonly items?: readonly OrderItem[] }): OrderJson {
  const { items, ...own } = order;
  return {
    ...own,
    id: String(own.id),
    userId: String(own.userId),
    total: own.total.toFixed(),
    charge: own.charge === null ? null : own.charge.toFixed(),
    processedAt: own.processedAt === null ? null : own.processedAt.getTime(),
    createdAt: own.createdAt.getTime(),
    updatedAt: own.updatedAt.getTime(),
    ...(items && { items: items.map(itemToJson) }),
  };
}

function orderFromJson({ items, ...own }: OrderJson): Order {
  return {
    ...own,
    id: BigInt(own.id),
    userId: BigInt(own.userId),
    total: new Decimal(own.total),
    charge: own.charge === null ? null : new Decimal(own.charge),
    processedAt: own.processedAt === null ? null : new Date(own.processedAt),
    createdAt: new Date(own.createdAt),
    updatedAt: new Date(own.updatedAt),
    ...(items && { items: items.map(itemFromJson) }),
  };
}

function itemToJson(item: OrderItem): ItemJson {
  return { ...item, orderId: String(item.orderId), unitPrice: item.unitPrice.toFixed() };
}

function itemFromJson(item: ItemJson): OrderItem {
  return { ...item, orderId: BigInt(item.orderId), unitPrice: new Decimal(item.unitPrice) };
}
