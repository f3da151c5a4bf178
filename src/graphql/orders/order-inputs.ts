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
  'Any text of up to 200 characters that you make up once per intent, such as a UUID. A call that repeats it does nothing ' +
  'again and answers what the first one answered.';
const expectedVersionText =
  'The `version` that you saw. Refused with `VersionConflictError` when the order has moved on.';

const orderItemInput = builder.inputType('OrderItemInput', {
  description: 'One line of a new order.',
  fields: (t) => ({
    sku: t.string({ required: true, description: 'Article code, up to 64 characters.' }),
    name: t.string({ required: true, description: 'What it is called, up to 200 characters.' }),
    quantity: t.int({ required: true, description: 'How many of it, 1 to 1000000.' }),
    unitPrice: t.field({
      type: 'Decimal',
      required: true,
      description: "Price of one in the order's currency, at least 0, with up to two decimals.",
    }),
  }),
});

export const createOrderInput = builder
  .inputType('CreateOrderInput', {
    description: 'A new order. Its total is calculated from its items.',
    fields: (t) => ({
      userId: t.id({ required: true, description: 'Who orders: a positive whole number.' }),
      number: t.string({
        description:
          'What people will call the order: up to 32 letters, digits, dots, dashes, slashes or underscores, unique. Drawn when left out.',
      }),
      currency: t.string({ required: true, description: 'ISO 4217 code that all prices are in, such as `EUR`.' }),
      items: t.field({ type: [orderItemInput], required: true, description: 'What is ordered, 1 to 50 lines.' }),
      charge: t.field({ type: 'Decimal', description: 'What was charged already, if anything.' }),
      processedAt: t.field({ type: 'DateTime', description: 'When the payment was processed, if it was already.' }),
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
    description: 'A change to an order. What is left out stays as it is.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'Which order.' }),
      status: t.field({ type: orderStatusType, description: 'Its new status. Only some may follow the one it has.' }),
      charge: t.field({ type: 'Decimal', description: 'What was charged. Null clears it.' }),
      processedAt: t.field({ type: 'DateTime', description: 'When the payment was processed. Null clears it.' }),
      expectedVersion: t.int({ required: true, description: expectedVersionText }),
      idempotencyKey: t.string({ description: idempotencyKeyText }),
    }),
  })
  .validate(orderChangesRules.extend(targetRules).refine(changesSomething, 'changes nothing'));

export const deleteOrderInput = builder
  .inputType('DeleteOrderInput', {
    description: 'Which order to delete.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'Which order.' }),
      expectedVersion: t.int({ required: true, description: expectedVersionText }),
      idempotencyKey: t.string({ description: idempotencyKeyText }),
    }),
  })
  .validate(z.object(targetRules));
