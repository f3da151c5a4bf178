import { encodeGlobalID } from '@pothos/plugin-relay';
import type { OrderWithItems } from '../../database/orders/order-rows.ts';
import { createOrder } from '../../orders/create-order.ts';
import { deleteOrder } from '../../orders/delete-order.ts';
import {
  IdempotencyKeyReusedError,
  InvalidInputError,
  InvalidStatusTransitionError,
  OrderNotFoundError,
  VersionConflictError,
} from '../../orders/errors.ts';
import { updateOrder } from '../../orders/update-order.ts';
import { builder } from '../builder.ts';
import { createOrderInput, deleteOrderInput, updateOrderInput } from './order-inputs.ts';
import { orderType } from './order-type.ts';

const tokenText =
  'Token of what you have seen, including this write. Clients with cookies can ignore it; others send it with ' +
  'their next operation, as header `x-consistency-token` or with `@consistency(token:)`, to read at least this state.';

function orderPayload(name: string, description: string, order: string) {
  return builder.objectRef<{ order: OrderWithItems }>(name).implement({
    description,
    fields: (t) => ({
      order: t.field({ type: orderType, description: order, resolve: (payload) => payload.order }),
      consistencyToken: t.string({
        nullable: true,
        description: tokenText,
        resolve: (_, __, context) => context.consistencyToken(),
      }),
    }),
  });
}

const createOrderPayload = orderPayload('CreateOrderPayload', 'The order was created.', 'The new order.');
const updateOrderPayload = orderPayload('UpdateOrderPayload', 'The order was changed.', 'The order after the change.');

const deleteOrderPayload = builder.objectRef<{ deletedId: bigint }>('DeleteOrderPayload').implement({
  description: 'The order and its items were deleted.',
  fields: (t) => ({
    deletedOrderId: t.id({
      description: 'The `id` of the deleted order, for removing it from a cache.',
      resolve: ({ deletedId }) => encodeGlobalID('Order', deletedId),
    }),
    consistencyToken: t.string({
      nullable: true,
      description: tokenText,
      resolve: (_, __, context) => context.consistencyToken(),
    }),
  }),
});

const refusals = [InvalidInputError, IdempotencyKeyReusedError];
const refusalsOfChange = [...refusals, OrderNotFoundError, VersionConflictError];

builder.mutationField('createOrder', (t) =>
  t.field({
    type: createOrderPayload,
    description: 'Places an order.',
    errors: {
      types: refusals,
      union: { name: 'CreateOrderResult', description: 'The new order, or why there is none.' },
    },
    args: { input: t.arg({ type: createOrderInput, required: true, description: 'The new order.' }) },
    resolve: async (_, { input }, { session, clock, randomBytes }) => ({
      order: await createOrder({ session, clock, randomBytes }, input),
    }),
  }),
);

builder.mutationField('updateOrder', (t) =>
  t.field({
    type: updateOrderPayload,
    description: 'Changes the status, the charge or the processing time of an order.',
    errors: {
      types: [...refusalsOfChange, InvalidStatusTransitionError],
      union: { name: 'UpdateOrderResult', description: 'The changed order, or why it was not changed.' },
    },
    args: { input: t.arg({ type: updateOrderInput, required: true, description: 'The change.' }) },
    resolve: async (_, { input }, { session, clock }) => ({
      order: await updateOrder({ session, clock }, input),
    }),
  }),
);

builder.mutationField('deleteOrder', (t) =>
  t.field({
    type: deleteOrderPayload,
    description: 'Deletes an order for good.',
    errors: {
      types: refusalsOfChange,
      union: { name: 'DeleteOrderResult', description: 'The id of the deleted order, or why it was not deleted.' },
    },
    args: { input: t.arg({ type: deleteOrderInput, required: true, description: 'The order to delete.' }) },
    resolve: async (_, { input }, { session, clock }) => ({
      deletedId: await deleteOrder({ session, clock }, input),
    }),
  }),
);
