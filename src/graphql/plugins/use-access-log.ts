import { type ExecutionResult, GraphQLError, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { ChangedOrder } from '../../orders/order-change.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/log.ts';
import { internalErrorCode } from '../error-codes.ts';
import { factsOf } from '../request-facts.ts';

/** One line per request: client, operation, node and reason, duration. Internal errors are logged with their cause. */
export function useAccessLog(clock: Clock, log: Logger): Plugin {
  return {
    onParse() {
      return ({ result, context }) => {
        if (result instanceof Error || result === null) return;
        const operation = getOperationAST(result, context.params?.operationName);
        if (operation == null) return;
        factsOf(context.request).operation = {
          name: operation.name?.value.slice(0, 64) ?? null,
          type: operation.operation,
        };
      };
    },
    onResultProcess({ request, result, setResult }) {
      if (Array.isArray(result)) return;
      const { requestId, startedMs, operation, decision, caller, changes } = factsOf(request);
      const changed = changes.flat().filter((change) => change instanceof ChangedOrder);
      const client = { client: caller?.address, agent: request.headers.get('user-agent')?.slice(0, 80) };
      if (Symbol.asyncIterator in result) {
        log.info({ requestId, operation: operation?.name, type: operation?.type, ...client }, 'stream opened');
        return;
      }
      const errors = result.errors ?? [];
      const codes = errors.map((error) => String(error.extensions?.code ?? 'UNKNOWN'));
      for (const error of errors) {
        if (error.extensions?.code === internalErrorCode) {
          log.error({ requestId, path: error.path?.join('.'), err: error.originalError }, 'operation failed');
        }
      }
      log.info(
        {
          requestId,
          operation: operation?.name,
          type: operation?.type,
          ...client,
          ...(changed.length > 0 && { orders: changed.slice(0, 20).map(({ id }) => String(id)) }),
          ms: Math.round((clock.monotonic() - startedMs) * 10) / 10,
          ...decision,
          ...(codes.length > 0 && { errors: [...new Set(codes)] }),
        },
        'answered',
      );
      if (codes.includes(internalErrorCode)) setResult(withRequestId(result, requestId));
    },
  };
}

function withRequestId(result: ExecutionResult, requestId: string): ExecutionResult {
  const errors = result.errors?.map((error) => {
    if (error.extensions.code !== internalErrorCode) return error;
    const { nodes = null, source = null, positions = null, path = null, extensions } = error;
    return new GraphQLError(error.message, {
      nodes,
      source,
      positions,
      path,
      extensions: { ...extensions, requestId },
    });
  });
  return { ...result, ...(errors && { errors }) };
}
