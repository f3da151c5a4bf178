import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { TidemarkError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { toGraphqlError } from '../error-codes.ts';
import { factsOf } from '../request-facts.ts';

/** The request deadline has passed. */
export class DeadlineExceededError extends TidemarkError {
  readonly code = 'DEADLINE_EXCEEDED';
  readonly retryable = true;

  constructor(deadlineMs: number) {
    super(
      `No answer within ${deadlineMs} ms. A write may have been committed: send it again with the same idempotency key to find out.`,
      { facts: { deadlineMs } },
    );
  }
}

type Answer = ExecutionResult | AsyncIterable<ExecutionResult>;

/** Ends every operation after `deadlineMs`, and cancels what it called through an abort signal. */
export function useDeadline(clock: Clock, deadlineMs: number): Plugin {
  return {
    onParams({ request, paramsHandler, setParamsHandler }) {
      setParamsHandler((payload) => {
        const controller = new AbortController();
        factsOf(request).deadline = controller.signal;
        return new Promise((resolve, reject) => {
          const cancel = clock.after(deadlineMs, () => {
            const error = new DeadlineExceededError(deadlineMs);
            resolve({ errors: [toGraphqlError(error)] });
            controller.abort(error);
          });
          const answer = (result: Answer) => {
            cancel();
            // Yoga answers an abort with an empty list of errors, which is not a valid GraphQL response.
            const hollow = 'errors' in result && result.errors?.length === 0 && !('data' in result);
            resolve(hollow ? { errors: [toGraphqlError(new DeadlineExceededError(deadlineMs))] } : result);
          };
          const fail = (error: unknown) => {
            cancel();
            reject(error);
          };
          try {
            Promise.resolve(paramsHandler(payload)).then(answer, fail);
          } catch (error) {
            fail(error);
          }
        });
      });
    },
    onExecute({ args }) {
      // The executor accepts a signal that graphql-js's own argument type lacks.
      Object.assign(args, { signal: factsOf(args.contextValue.request).deadline ?? undefined });
    },
  };
}
