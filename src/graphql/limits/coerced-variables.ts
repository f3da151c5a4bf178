import { type GraphQLError, type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from 'graphql';

/** An operation with its variables as they were sent. */
export type SentOperation = {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  /** Without defaults, of any type. */
  readonly variables: Readonly<Record<string, unknown>>;
};

export type CoercedVariables =
  | { readonly values: Readonly<Record<string, unknown>>; readonly errors: null }
  | { readonly values: null; readonly errors: readonly GraphQLError[] };

/** Each error prints the wrong value, so collecting more costs more than it is worth. */
const maxErrors = 10;

const shortText = 200;
/** Enough for an order with a dozen items. */
const fewValues = 80;

/**
 * If these variables are few and small, coercion finds few faults and prints little of each, so it may be left to the executor
 * instead of being done twice. An answer shows no more of them than of any other refusal.
 */
export function areFewAndShort(variables: Readonly<Record<string, unknown>>): boolean {
  return leftAfter(variables, fewValues) >= 0;
}

/** The rest of a budget of values; negative if there are more, or one is long. */
function leftAfter(value: unknown, most: number): number {
  if (typeof value === 'string') return value.length <= shortText ? most - 1 : -1;
  if (typeof value !== 'object' || value === null) return most - 1;
  let left = most - 1;
  for (const one of Object.values(value)) {
    if (left < 0) break;
    left = leftAfter(one, left);
  }
  return left;
}

/** Done once per request, because several plugins need it. */
const known = new WeakMap<object, { operation: OperationDefinitionNode; coerced: CoercedVariables }>();

/** The variables as the resolvers will see them, or their faults. */
export function coercedVariables({ schema, operation, variables }: SentOperation): CoercedVariables {
  const before = known.get(variables);
  if (before?.operation === operation) return before.coerced;
  const result = getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors });
  const coerced: CoercedVariables =
    result.coerced === undefined
      ? { values: null, errors: result.errors.slice(0, maxErrors) }
      : { values: result.coerced, errors: null };
  known.set(variables, { operation, coerced });
  return coerced;
}
