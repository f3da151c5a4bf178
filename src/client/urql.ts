/**
 * The urql exchange. Put it right before `fetchExchange`: only requests that reach the server need tokens.
 *
 *   operation  --> is sent with the current tokens in its headers
 *   answer     --> brings its token; a query that failed temporarily is sent again after a delay
 *
 * urql deduplicates identical queries in flight, so a refetch after a mutation may get the answer of a query sent before the mutation
 * had ended. Such an answer is dropped, and the query is sent again.
 */
import type { Exchange, Operation, OperationResult } from '@urql/core';
import type { Sink } from 'wonka';
import { type Answer, readAnswer } from './answer.ts';
import { type CallConsistency, consistencyHeaders, loadHeaders } from './consistency-headers.ts';
import { wasLost } from './read-response.ts';
import { type RetryOptions, retryDelayMs } from './retry-delay.ts';
import type { Departure, TokenStore } from './token-store.ts';
import { pushed, throughEach } from './urql-source.ts';

export type TokenExchangeOptions = {
  /** How queries are retried. Mutations never are: wrap them with `withIdempotencyKey`. */
  readonly retry?: RetryOptions;
};

/** Our entries in the context of an operation. */
type TokenContext = Operation['context'] & {
  /** Required freshness of this operation. */
  readonly consistency?: CallConsistency;
  /** A symbol, because symbols survive when other exchanges copy the context. */
  readonly [journeyKey]?: Journey;
};

const journeyKey: unique symbol = Symbol('journey');

type Journey = {
  readonly departure: Departure;
  /** The original operation, without our headers. */
  readonly operation: Operation;
  readonly retry: number;
  /** Number of mutations answered before it was sent. */
  readonly mutations: number;
};

export function tokenExchange(store: TokenStore, { retry: retrying = {} }: TokenExchangeOptions = {}): Exchange {
  return ({ forward }) =>
    (operations) => {
      const waits = new Map<number, ReturnType<typeof setTimeout>>();
      let mutations = 0;
      let sink: Sink<Operation> = () => undefined;

      const leave = (operation: Operation, retry: number) =>
        equipped({ departure: store.depart(), operation, retry, mutations });

      const leaveLater = ({ operation, retry }: Journey, delayMs: number) => {
        const again = () => {
          waits.delete(operation.key);
          sink(pushed(leave(operation, retry + 1)));
        };
        waits.set(operation.key, setTimeout(again, delayMs));
      };

      const depart = (operation: Operation): Operation => {
        clearTimeout(waits.get(operation.key));
        waits.delete(operation.key);
        return operation.kind === 'teardown' ? operation : leave(operation, 0);
      };

      const arrive = (result: OperationResult): OperationResult | null => {
        const journey = (result.operation.context as TokenContext)[journeyKey];
        if (journey === undefined) return result;
        const { operation } = journey;
        const answer = answerOf(result);
        // An event does not include what the subscription has sent.
        if (operation.kind !== 'subscription') store.arrive(journey.departure, answer);
        else if (answer.token !== null) store.learn(answer.token);
        if (operation.kind === 'mutation') mutations += 1;
        if (operation.kind === 'query' && !result.hasNext) {
          const outdated = journey.mutations < mutations && result.error === undefined;
          const delayMs = retryDelayMs(
            journey.retry,
            outdated ? { retryable: true, retryAfterMs: 0 } : answer,
            retrying,
          );
          if (delayMs !== null) {
            leaveLater(journey, outdated ? 0 : delayMs);
            return null;
          }
        }
        return { ...result, operation };
      };

      const departing = forward((receiver) => {
        sink = receiver;
        throughEach(operations, depart)(receiver);
      });
      return throughEach(departing, arrive);
    };
}

function equipped(journey: Journey): Operation {
  const { operation, departure } = journey;
  const { fetchOptions, consistency } = operation.context as TokenContext;
  const options = (typeof fetchOptions === 'function' ? fetchOptions() : fetchOptions) ?? {};
  const headers = new Headers(options.headers);
  for (const [name, value] of Object.entries(consistencyHeaders(consistency ?? {}))) headers.set(name, value);
  loadHeaders(headers, departure);
  const context: TokenContext = {
    ...operation.context,
    [journeyKey]: journey,
    fetchOptions: { ...options, headers: Object.fromEntries(headers) },
  };
  return { ...operation, context };
}

function answerOf({ data, error, extensions }: OperationResult): Answer {
  const { response, networkError, graphQLErrors } = error ?? {};
  const answer = readAnswer(
    { data: data ?? undefined, errors: graphQLErrors, extensions },
    response?.headers,
    response?.status,
  );
  return wasLost(networkError) ? { ...answer, retryable: true } : answer;
}
