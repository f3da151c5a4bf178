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

/** Whoever coerces these finds no more faults than are told, and prints no more of them: it may be left to the executor. */
export function areFewAndShort(variables: Readonly<Record<string, unknown>>): boolean {
  const values = Object.values(variables);
  return values.length <= mostErrors && values.every(isShort);
}

function isShort(value: unknown): boolean {
  return typeof value === 'string' ? value.length <= shortText : typeof value !== 'object' || value === null;
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
