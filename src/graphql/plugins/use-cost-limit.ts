import {
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  getOperationAST,
  type OperationDefinitionNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { type ErrorCode, toGraphqlError } from '../error-codes.ts';
import { areFewAndShort, coercedVariables } from '../limits/coerced-variables.ts';
import { fieldWeights } from '../limits/field-weights.ts';
import { costOf, type OperationCost } from '../limits/operation-cost.ts';
import { factsOf } from '../request-facts.ts';
import type { QueryLimits } from './use-limits.ts';

/** Maximum number of selections with all fragments expanded. Each walk through an operation takes as many steps. */
const maxSize = 2000;

/**
 * Refuses operations with wrong variables or too high a cost before any visitor runs. Comes before every plugin that
 * looks into an operation.
 */
export function useCostLimit({ maxCost }: QueryLimits): Plugin {
  /** Cached with the document: most operations cost the same whatever their variables are. */
  const known = new WeakMap<OperationDefinitionNode, OperationCost>();
  const judge = (args: ExecutionArgs, request: Request): ExecutionResult | null => {
    const { schema, document } = args;
    const operation = getOperationAST(document, args.operationName);
    if (operation == null) return null;
    args.variableValues ??= {};
    const before = known.get(operation);
    if (before !== undefined && areFewAndShort(args.variableValues)) return judged(before, request);
    const { values: variables, errors } = coercedVariables({ schema, operation, variables: args.variableValues });
    if (errors !== null) return { errors: errors.map(toGraphqlError) };
    const cost = before ?? costOf({ schema, document, operation, variables }, fieldWeights);
    if (cost.isFixed) known.set(operation, cost);
    return judged(cost, request);
  };
  const judged = ({ size, points, maxPoints }: OperationCost, request: Request): ExecutionResult | null => {
    if (size > maxSize) return refused(`The operation is larger than ${maxSize} selections, with fragments expanded.`);
    if (points > maxCost) {
      return refused(
        `The operation would cost ${Math.ceil(points)} points, but may cost at most ${maxCost}: ask for fewer rows or fields.`,
      );
    }
    const facts = factsOf(request);
    facts.cost = points;
    facts.maxCost = maxPoints;
    return null;
  };
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const result = judge(args, args.contextValue.request);
      if (result !== null) setResultAndStopExecution(result);
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const result = judge(args, args.contextValue.request);
      if (result !== null) setResultAndStopExecution(result);
    },
  };
}

function refused(message: string): ExecutionResult {
  const code: ErrorCode = 'QUERY_TOO_COMPLEX';
  return { errors: [toGraphqlError(new GraphQLError(message, { extensions: { code } }))] };
}
