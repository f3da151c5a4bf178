import { type Decimal, withItems } from '../../database/orders/order-rows.ts';
import { allowedFrom, type OrderStatus } from '../../orders/order-status.ts';
import { builder } from '../builder.ts';

const statuses = {
  PENDING: { description: described('Placed, not paid yet.', 'PENDING') },
  PAID: { description: described('Paid, not sent yet.', 'PAID') },
  SHIPPED: { description: described('On its way.', 'SHIPPED') },
  COMPLETED: { description: described('Delivered.', 'COMPLETED') },
  CANCELLED: { description: described('Called off before it was sent.', 'CANCELLED') },
  REFUNDED: { description: described('Paid back.', 'REFUNDED') },
} as const satisfies Record<OrderStatus, { description: string }>;

function described(text: string, status: OrderStatus): string {
  const next = allowedFrom(status).map((name) => `\`${name}\``);
  const last = next.pop();
  if (last === undefined) return `${text} Final.`;
  return `${text} May become ${next.length === 0 ? last : `${next.join(', ')} or ${last}`}.`;
}

export const orderStatusType = builder.enumType('OrderStatus', {
  description: 'Where an order stands. Each status says what it may become.',
  values: statuses,
});

const moneyType = builder.objectRef<{ amount: Decimal; currency: string }>('Money').implement({
  description: 'An amount of money.',
  fields: (t) => ({
    amount: t.expose('amount', { type: 'Decimal', description: 'How much, exactly, with two decimals.' }),
    currency: t.exposeString('currency', { description: 'ISO 4217 code of the currency, such as `EUR`.' }),
  }),
});

const orderItemType = builder.prismaObject('OrderItem', {
  description: 'One line of an order.',
  fields: (t) => ({
    line: t.exposeInt('line', { description: 'Position in the order, from 1.' }),
    sku: t.exposeString('sku', { description: 'Article code of what was ordered.' }),
    name: t.exposeString('name', { description: 'What was ordered, as it was called then.' }),
    quantity: t.exposeInt('quantity', { description: 'How many of it.' }),
    unitPrice: t.expose('unitPrice', { type: 'Decimal', description: "Price of one, in the order's currency." }),
    lineTotal: t.field({
      type: 'Decimal',
      description: "Price of the whole line, in the order's currency: `quantity` times `unitPrice`.",
      resolve: ({ unitPrice, quantity }) => unitPrice.times(quantity),
    }),
  }),
});

export const orderType = builder.prismaNode('Order', {
  id: { field: 'id', description: 'Opaque id of the order.' },
  description: 'Something that a user ordered.',
  fields: (t) => ({
    number: t.exposeString('number', { description: 'What people call the order, such as `T-7K3M9Q2X`. Unique.' }),
    userId: t.field({ type: 'ID', description: 'Who ordered.', resolve: ({ userId }) => userId.toString() }),
    status: t.expose('status', { type: orderStatusType, description: 'Where the order stands.' }),
    total: t.field({
      type: moneyType,
      description: 'What all items cost together.',
      resolve: ({ total, currency }) => ({ amount: total, currency }),
    }),
    charge: t.field({
      type: moneyType,
      nullable: true,
      description: 'What the payment provider has charged. Null while nothing is known to be charged.',
      resolve: ({ charge, currency }) => (charge === null ? null : { amount: charge, currency }),
    }),
    processedAt: t.expose('processedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the payment was processed. Null while that has not happened.',
    }),
    version: t.exposeInt('version', {
      description: 'Counts the changes, from 1. Send it as `expectedVersion` when you change or delete what you saw.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the order was placed.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When the order was last changed.' }),
    items: t.relation('items', {
      type: orderItemType,
      description: 'What was ordered, in the sequence it was given.',
      query: { orderBy: withItems.items.orderBy },
      // Asked only for an order that no list or lookup loaded. One that a write answered brings its items along:
      // those are the answer, also when it is replayed long after the order has changed.
      resolve: (query, order, _, { session }) =>
        'items' in order && Array.isArray(order.items)
          ? order.items
          : session.client.orderItem.findMany({ ...query, where: { orderId: order.id } }),
    }),
  }),
});
