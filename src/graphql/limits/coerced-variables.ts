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

/** Each error prints the value that is wrong: looking for more than these costs more than anybody reads. */
const mostErrors = 10;

const shortText = 200;
/** An order with a dozen items. */
const fewValues = 80;

/**
 * Whoever coerces these finds few faults, and prints little of each: it may be left to the executor, which would do it a
 * second time. An answer shows no more of them than of any other refusal.
 */
export function areFewAndShort(variables: Readonly<Record<string, unknown>>): boolean {
  return leftAfter(variables, fewValues) >= 0;
}

/** What is left of so many values; negative when there are more, or one is long. */
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

/** Done once per request: several ask, and all mean the same. */
const known = new WeakMap<object, { operation: OperationDefinitionNode; coerced: CoercedVariables }>();

/** The variables as the resolvers will see them, or what is wrong with them. */
export function coercedVariables({ schema, operation, variables }: SentOperation): CoercedVariables {
  const before = known.get(variables);
  if (before?.operation === operation) return before.coerced;
  const result = getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors: mostErrors });
  const coerced: CoercedVariables =
    result.coerced === undefined
      ? { values: null, errors: result.errors.slice(0, mostErrors) }
      : { values: result.coerced, errors: null };
  known.set(variables, { operation, coerced });
  return coerced;
}
