import { z } from 'zod';
import {
  changesSomething,
  createOrderRules,
  expectedVersionRule,
  idempotencyKeyRule,
  orderChangesRules,
} from '../../orders/order-rules.ts';
import { builder } from '../builder.ts';
import { orderIdOf } from './order-id.ts';
import { orderStatusType } from './order-type.ts';

const idempotencyKeyText =
  'A unique text of up to 200 characters, one per intent, such as a UUID. A call that repeats it has no further effect ' +
  'and returns the first result.';
const expectedVersionText =
  'The `version` that you saw. If the order has changed since, the call is refused with `VersionConflictError`.';

const orderItemInput = builder.inputType('OrderItemInput', {
  description: 'One line of a new order.',
  fields: (t) => ({
    sku: t.string({ required: true, description: 'Article code, up to 64 characters.' }),
    name: t.string({ required: true, description: 'Name, up to 200 characters.' }),
    quantity: t.int({ required: true, description: 'Quantity, 1 to 1000000.' }),
    unitPrice: t.field({
      type: 'Decimal',
      required: true,
      description: "Unit price in the order's currency, at least 0, with up to two decimals.",
    }),
  }),
});

export const createOrderInput = builder
  .inputType('CreateOrderInput', {
    description: 'A new order. Its total is calculated from its items.',
    fields: (t) => ({
      userId: t.id({ required: true, description: 'User who places the order: a positive integer.' }),
      number: t.string({
        description:
          'Human-readable order number: up to 32 letters, digits, dots, dashes, slashes or underscores, unique. Generated if omitted.',
      }),
      currency: t.string({ required: true, description: 'ISO 4217 code of all prices, such as `EUR`.' }),
      items: t.field({ type: [orderItemInput], required: true, description: 'The items, 1 to 50 lines.' }),
      charge: t.field({ type: 'Decimal', description: 'Amount already charged, if any.' }),
      processedAt: t.field({ type: 'DateTime', description: 'When the payment was processed, if it has been.' }),
      idempotencyKey: t.string({ description: idempotencyKeyText }),
    }),
  })
  .validate(createOrderRules);

const orderIdRule = z.string().transform((globalId, context) => {
  const id = orderIdOf(globalId);
  if (id !== null) return id;
  context.addIssue({ code: 'custom', message: 'is not the id of an order' });
  return z.NEVER;
});

const targetRules = { id: orderIdRule, expectedVersion: expectedVersionRule, idempotencyKey: idempotencyKeyRule };

export const updateOrderInput = builder
  .inputType('UpdateOrderInput', {
    description: 'A change to an order. Omitted fields are unchanged.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'Id of the order.' }),
      status: t.field({ type: orderStatusType, description: 'New status. It must be allowed after the current one.' }),
      charge: t.field({ type: 'Decimal', description: 'Amount charged. Null clears it.' }),
      processedAt: t.field({ type: 'DateTime', description: 'When the payment was processed. Null clears it.' }),
      expectedVersion: t.int({ required: true, description: expectedVersionText }),
      idempotencyKey: t.string({ description: idempotencyKeyText }),
    }),
  })
  .validate(orderChangesRules.extend(targetRules).refine(changesSomething, 'changes nothing'));

export const deleteOrderInput = builder
  .inputType('DeleteOrderInput', {
    description: 'The order to delete.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'Id of the order.' }),
      expectedVersion: t.int({ required: true, description: expectedVersionText }),
      idempotencyKey: t.string({ description: idempotencyKeyText }),
    }),
  })
  .validate(z.object(targetRules));
