import type { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { TidemarkError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { toGraphqlError } from '../error-codes.ts';
import { factsOf } from './request-facts.ts';

/** The answer took longer than a request may take. A write may or may not have happened: repeat it with its idempotency key. */
export class DeadlineExceededError extends TidemarkError {
  readonly code = 'DEADLINE_EXCEEDED';
  readonly retryable = true;

  constructor(deadlineMs: number) {
    super(`No answer within ${deadlineMs} ms.`, { facts: { deadlineMs } });
  }
}

/** Ends every operation after `deadlineMs`, whatever it waits for, and tells what it called through an abort signal. */
export function useDeadline(clock: Clock, deadlineMs: number): Plugin {
  return {
    onParams({ request, paramsHandler, setParamsHandler }) {
      setParamsHandler(async (payload) => {
        const controller = new AbortController();
        factsOf(request).deadline = controller.signal;
        let cancel = () => {};
        const expired = new Promise<{ errors: GraphQLError[] }>((resolve) => {
          cancel = clock.after(deadlineMs, () => {
            const error = new DeadlineExceededError(deadlineMs);
            resolve({ errors: [toGraphqlError(error)] });
            controller.abort(error);
          });
        });
        try {
          const result = await Promise.race([paramsHandler(payload), expired]);
          // Yoga answers an abort with an empty list of errors, which is no GraphQL response.
          const hollow = 'errors' in result && result.errors?.length === 0 && !('data' in result);
          return hollow ? { errors: [toGraphqlError(new DeadlineExceededError(deadlineMs))] } : result;
        } finally {
          cancel();
        }
      });
    },
    onExecute({ args }) {
      // The executor takes a signal that graphql-js's own argument type does not know.
      Object.assign(args, { signal: factsOf(args.contextValue.request).deadline ?? undefined });
    },
  };
}
