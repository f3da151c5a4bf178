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
    VERSION_CONFLICT: { description: 'Another client changed the order first: see `VersionConflictError.current`.' },
    INVALID_STATUS_TRANSITION: { description: 'The status cannot follow the current one.' },
    IDEMPOTENCY_KEY_REUSED: { description: 'The idempotency key belongs to an earlier call with other input.' },
  } as const,
});

const userErrorType = builder.interfaceRef<OrderRefusedError>('UserError').implement({
  description:
    'A refusal that a client can act on; nothing was written. Every refusal implements it, so `... on UserError { code message }` ' +
    'also covers those added later.',
  fields: (t) => ({
    code: t.field({
      type: userErrorCodeType,
      description: 'Machine-readable reason.',
      resolve: ({ code }) => code as (typeof userErrorCodeType)['$inferType'],
    }),
    message: t.exposeString('message', {
      description: 'Human-readable reason in English. Programs should use `code`.',
    }),
    path: t.stringList({
      description: 'The argument concerned, such as `["input", "status"]`.',
      resolve: ({ path }) => ['input', ...path],
    }),
  }),
});

const inputFaultType = builder.objectRef<InputFault>('InputFault').implement({
  description: 'A fault of an input.',
  fields: (t) => ({
    path: t.stringList({
      description: 'The part concerned, such as `["input", "items", "0", "quantity"]`.',
      resolve: ({ path }) => ['input', ...path],
    }),
    message: t.exposeString('message', {
      description: 'The fault, phrased to follow the name of the part.',
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
      description: 'All faults, up to the first ten.',
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
  description: 'Another client has changed the order since you read it.',
  interfaces: [userErrorType],
  fields: (t) => ({
    current: t.field({
      type: orderType,
      description: 'The current order, read from the source. Merge your change into it and try again.',
      resolve: ({ current }) => current,
    }),
    expectedVersion: t.exposeInt('expectedVersion', { description: 'The version that you expected.' }),
  }),
});

builder.objectType(InvalidStatusTransitionError, {
  name: 'InvalidStatusTransitionError',
  description: 'The status cannot follow the current one.',
  interfaces: [userErrorType],
  fields: (t) => ({
    from: t.expose('from', { type: orderStatusType, description: 'Current status.' }),
    to: t.expose('to', { type: orderStatusType, description: 'Requested status.' }),
    allowed: t.field({
      type: [orderStatusType],
      description: 'The allowed statuses. Empty if the current one is final.',
      resolve: ({ allowed }) => [...allowed],
    }),
  }),
});

builder.objectType(IdempotencyKeyReusedError, {
  name: 'IdempotencyKeyReusedError',
  description: 'The idempotency key belongs to an earlier call with other input. Use a new key for every new intent.',
  interfaces: [userErrorType],
});
