import { type Decimal, withItems } from '../../database/orders/order-rows.ts';
import { allowedFrom, type OrderStatus } from '../../orders/order-status.ts';
import { builder } from '../builder.ts';

const statuses = {
  PENDING: { description: described('Placed, not paid yet.', 'PENDING') },
  PAID: { description: described('Paid, not sent yet.', 'PAID') },
  SHIPPED: { description: described('Sent.', 'SHIPPED') },
  COMPLETED: { description: described('Delivered.', 'COMPLETED') },
  CANCELLED: { description: described('Cancelled before it was sent.', 'CANCELLED') },
  REFUNDED: { description: described('Refunded.', 'REFUNDED') },
} as const satisfies Record<OrderStatus, { description: string }>;

function described(text: string, status: OrderStatus): string {
  const next = allowedFrom(status).map((name) => `\`${name}\``);
  const last = next.pop();
  if (last === undefined) return `${text} Final.`;
  return `${text} May become ${next.length === 0 ? last : `${next.join(', ')} or ${last}`}.`;
}

export const orderStatusType = builder.enumType('OrderStatus', {
  description: 'Status of an order. Each one names the statuses that may follow it.',
  values: statuses,
});

const moneyType = builder.objectRef<{ amount: Decimal; currency: string }>('Money').implement({
  description: 'An amount of money.',
  fields: (t) => ({
    amount: t.expose('amount', { type: 'Decimal', description: 'Exact amount with two decimals.' }),
    currency: t.exposeString('currency', { description: 'ISO 4217 code of the currency, such as `EUR`.' }),
  }),
});

const orderItemType = builder.prismaObject('OrderItem', {
  description: 'One line of an order.',
  fields: (t) => ({
    line: t.exposeInt('line', { description: 'Position in the order, from 1.' }),
    sku: t.exposeString('sku', { description: 'Article code.' }),
    name: t.exposeString('name', { description: 'Name of the article at the time of the order.' }),
    quantity: t.exposeInt('quantity', { description: 'Quantity ordered.' }),
    unitPrice: t.expose('unitPrice', { type: 'Decimal', description: "Unit price in the order's currency." }),
    lineTotal: t.field({
      type: 'Decimal',
      description: "Price of the line in the order's currency: `quantity` times `unitPrice`.",
      resolve: ({ unitPrice, quantity }) => unitPrice.times(quantity),
    }),
  }),
});

export const orderType = builder.prismaNode('Order', {
  id: { field: 'id', description: 'Opaque id of the order.' },
  description: 'An order placed by a user.',
  fields: (t) => ({
    number: t.exposeString('number', { description: 'Human-readable order number, such as `T-7K3M9Q2X`. Unique.' }),
    userId: t.field({
      type: 'ID',
      description: 'User who placed the order.',
      resolve: ({ userId }) => userId.toString(),
    }),
    status: t.expose('status', { type: orderStatusType, description: 'Current status.' }),
    total: t.field({
      type: moneyType,
      description: 'Total of all items.',
      resolve: ({ total, currency }) => ({ amount: total, currency }),
    }),
    charge: t.field({
      type: moneyType,
      nullable: true,
      description: 'Amount charged by the payment provider. Null if no charge is recorded.',
      resolve: ({ charge, currency }) => (charge === null ? null : { amount: charge, currency }),
    }),
    processedAt: t.expose('processedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the payment was processed. Null if it has not been.',
    }),
    version: t.exposeInt('version', {
      description:
        'Number of the version, from 1. Send it as `expectedVersion` to change or delete exactly what you saw.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the order was placed.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When the order was last changed.' }),
    items: t.relation('items', {
      type: orderItemType,
      description: 'The items, in the order they were given.',
      query: { orderBy: withItems.items.orderBy },
      // Loaded only for an order that no list or lookup has loaded. A write returns its order with its items: those are the
      // answer, even if it is replayed long after the order has changed.
      resolve: (query, order, _, { session }) =>
        'items' in order && Array.isArray(order.items)
          ? order.items
          : session.client.orderItem.findMany({ ...query, where: { orderId: order.id } }),
    }),
  }),
});
