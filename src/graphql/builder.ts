import SchemaBuilder from '@pothos/core';
import ErrorsPlugin from '@pothos/plugin-errors';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import ValidationPlugin from '@pothos/plugin-validation';
import { type Decimal, type OrdersPrismaTypes, ordersDatamodel } from '../database/orders/order-rows.ts';
import { InvalidInputError } from '../orders/errors.ts';
import type { OperationContext } from './context.ts';

type SchemaTypes = {
  Context: OperationContext;
  PrismaTypes: OrdersPrismaTypes;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string | bigint };
    DateTime: { Input: Date; Output: Date };
    Decimal: { Input: string; Output: Decimal };
  };
};

/** Builds all types. Building the schema opens nothing: a field gets the client when it resolves. */
export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ErrorsPlugin, RelayPlugin, PrismaPlugin, ValidationPlugin],
  defaultFieldNullability: false,
  prisma: { client: ({ session }) => session.client, dmmf: ordersDatamodel() },
  relay: {
    idFieldOptions: { description: 'Opaque id, unique among all objects. Fetch the object again with `node(id:)`.' },
    nodeTypeOptions: { description: 'Anything that `node(id:)` can fetch again.' },
    // Ours return null for an id that names nothing, whatever its form.
    nodeQueryOptions: false,
    nodesQueryOptions: false,
  },
  // Input rules run before the resolver; this makes their faults members of the result union like any other refusal.
  // They also run before any authorisation check of the field, so rules must reveal nothing about stored data.
  errors: { directResult: true, unsafelyHandleInputErrors: true },
  validation: {
    validationError: ({ issues }) =>
      new InvalidInputError(issues.map(({ path = [], message }) => ({ path: path.slice(1).map(segment), message }))),
  },
});

function segment(part: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof part === 'object' ? part.key : part);
}

builder.queryType({
  description: 'Reads. Each operation reads one node of the cluster, fresh enough for what you have seen.',
});
builder.mutationType({
  description:
    'Writes. Each returns a union: its payload, or one of the refusals, which all implement `UserError`. ' +
    'Send an `idempotencyKey` to make a retry safe.',
});
