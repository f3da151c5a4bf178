import {
  IdempotencyKeyReusedError,
  type InputFault,
  InvalidInputError,
  InvalidStatusTransitionError,
  OrderNotFoundError,
  type OrderRefusedError,
  VersionConflictError,
} from '../../orders/errors.ts';
import { builder } from '../builder.ts';
import { toldFaults } from '../limits/told-faults.ts';
import { orderStatusType, orderType } from './order-type.ts';

const userErrorCodeType = builder.enumType('UserErrorCode', {
  description: 'Why a write was refused. Codes never change their meaning.',
  values: {
    INVALID_INPUT: { description: 'The input breaks rules: see `InvalidInputError.faults`.' },
    ORDER_NOT_FOUND: { description: 'There is no order with this id.' },
    VERSION_CONFLICT: { description: 'Somebody else changed the order first: see `VersionConflictError.current`.' },
    INVALID_STATUS_TRANSITION: { description: 'The order cannot get this status from the one it has.' },
    IDEMPOTENCY_KEY_REUSED: { description: 'The idempotency key belongs to an earlier call with other input.' },
  } as const,
});

const userErrorType = builder.interfaceRef<OrderRefusedError>('UserError').implement({
  description:
    'A refusal that a client can act on. Every refusal implements it, so `... on UserError { code message }` ' +
    'also catches those that come later. Nothing was written.',
  fields: (t) => ({
    code: t.field({
      type: userErrorCodeType,
      description: 'Why, for programs.',
      resolve: ({ code }) => code as (typeof userErrorCodeType)['$inferType'],
    }),
    message: t.exposeString('message', { description: 'Why, for people. In English; not for programs to read.' }),
    path: t.stringList({
      description: 'Which part of the arguments it is about, such as `["input", "status"]`.',
      resolve: ({ path }) => ['input', ...path],
    }),
  }),
});

const inputFaultType = builder.objectRef<InputFault>('InputFault').implement({
  description: 'One thing that is wrong with an input.',
  fields: (t) => ({
    path: t.stringList({
      description: 'Where it is, such as `["input", "items", "0", "quantity"]`.',
      resolve: ({ path }) => ['input', ...path],
    }),
    message: t.exposeString('message', {
      description: 'What is wrong with it; continues a sentence that begins with the name.',
    }),
  }),
});

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'The input breaks rules that its types cannot express.',
  interfaces: [userErrorType],
  fields: (t) => ({
    faults: t.field({
      type: [inputFaultType],
      description: 'What is wrong with it, all at once; of more than ten faults the first.',
      resolve: ({ faults }, _, context) => toldFaults(faults, context),
    }),
  }),
});

builder.objectType(OrderNotFoundError, {
  name: 'OrderNotFoundError',
  description: 'There is no order with this id; it may have been deleted.',
  interfaces: [userErrorType],
});

builder.objectType(VersionConflictError, {
  name: 'VersionConflictError',
  description: 'Somebody else changed the order since you read it.',
  interfaces: [userErrorType],
  fields: (t) => ({
    current: t.field({
      type: orderType,
      description: 'The order as it is now, read from the source. Merge your change into it and try again.',
      resolve: ({ current }) => current,
    }),
    expectedVersion: t.exposeInt('expectedVersion', { description: 'The version that you expected.' }),
  }),
});

builder.objectType(InvalidStatusTransitionError, {
  name: 'InvalidStatusTransitionError',
  description: 'The order cannot get this status from the one it has.',
  interfaces: [userErrorType],
  fields: (t) => ({
    from: t.expose('from', { type: orderStatusType, description: 'The status that it has.' }),
    to: t.expose('to', { type: orderStatusType, description: 'The status that you asked for.' }),
    allowed: t.field({
      type: [orderStatusType],
      description: 'The statuses that it may get. Empty when its status is final.',
      resolve: ({ allowed }) => [...allowed],
    }),
  }),
});

builder.objectType(IdempotencyKeyReusedError, {
  name: 'IdempotencyKeyReusedError',
  description: 'The idempotency key belongs to an earlier call with other input. Use a new key for every new intent.',
  interfaces: [userErrorType],
});
