/**
 * The Apollo link: `new ApolloLink(tokenLink(store))`, right before the terminating link.
 *
 *   operation  --> is sent with the current tokens in its headers
 *   answer     --> brings its token; a query that failed temporarily is sent again after a delay
 *
 * Apollo deduplicates identical queries, so a refetch after a mutation may get the answer of a query sent before the mutation
 * had ended. Such an answer is dropped, and the query is sent again.
 */
import { type Answer, type AnswerBody, fieldsOf, readAnswer } from './answer.ts';
import { consistencyHeaders, type GivenHeaders, loadHeaders } from './consistency-headers.ts';
import { wasLost } from './read-response.ts';
import { type RetryOptions, retryDelayMs } from './retry-delay.ts';
import type { TokenStore } from './token-store.ts';

export type TokenLinkOptions = {
  /** How queries are retried. Mutations never are: wrap them with `withIdempotencyKey`. */
  readonly retry?: RetryOptions;
};

// The part of Apollo's types that is used here, which is the same in versions 3 and 4.
type LinkOperation = {
  readonly query: { readonly definitions: readonly { readonly kind: string }[] };
  getContext(): Readonly<Record<string, unknown>>;
  setContext(context: Record<string, unknown>): unknown;
};
type Observer = { next(value: unknown): void; error(error: unknown): void; complete(): void };
type Subscription = { unsubscribe(): void };
type Results = { subscribe(observer: Observer): Subscription };
type ResultsClass<Given> = new (subscriber: (observer: Observer) => () => void) => Given;

/** A request handler for `new ApolloLink(...)`. */
export function tokenLink(store: TokenStore, { retry: retrying = {} }: TokenLinkOptions = {}) {
  let mutations = 0;
  return <Operation extends LinkOperation, Given extends object>(
    operation: Operation,
    forward: (operation: Operation) => Given,
  ): Given => {
    const kind = kindOf(operation);
    const given = operation.getContext();
    const leave = () => {
      const departure = store.depart();
      operation.setContext({ headers: headersFor(given, (headers) => loadHeaders(headers, departure)) });
      return { departure, mutations, results: forward(operation) };
    };
    let first: ReturnType<typeof leave> | null = leave();

    const Observable = observableClass(first.results);
    return new Observable((observer) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      let subscription: Subscription | undefined;
      let ended = false;

      const run = (retry: number) => {
        const trip = first ?? leave();
        first = null;
        let leavesAgain = false;
        /** Whether the operation is sent again, so that this result is dropped. */
        const again = (answer: Answer, failed: boolean): boolean => {
          // An event does not include what the subscription has sent.
          if (kind !== 'subscription') store.arrive(trip.departure, answer);
          else if (answer.token !== null) store.learn(answer.token);
          if (kind !== 'query' || leavesAgain) return leavesAgain;
          const outdated = trip.mutations < mutations && !failed;
          const delayMs = retryDelayMs(retry, outdated ? { retryable: true, retryAfterMs: 0 } : answer, retrying);
          if (delayMs === null || ended) return false;
          leavesAgain = true;
          timer = setTimeout(() => run(retry + 1), outdated ? 0 : delayMs);
          return true;
        };
        // Apollo's own result type would need its packages; this is the part that is used.
        subscription = (trip.results as unknown as Results).subscribe({
          next: (result) => {
            const { response } = operation.getContext();
            const body = fieldsOf(result) as AnswerBody;
            const answer = readAnswer(body, (response as Response | undefined)?.headers);
            if (kind === 'mutation') mutations += 1;
            if (!again(answer, body.errors !== undefined)) observer.next(result);
          },
          error: (error) => {
            if (kind === 'mutation') mutations += 1;
            if (!again(answerOf(error), true)) observer.error(error);
          },
          complete: () => {
            if (!leavesAgain) observer.complete();
          },
        });
      };
      run(0);
      return () => {
        ended = true;
        clearTimeout(timer);
        subscription?.unsubscribe();
      };
    });
  };
}

function kindOf({ query }: LinkOperation): unknown {
  const definition = query.definitions.find(({ kind }) => kind === 'OperationDefinition');
  return fieldsOf(definition).operation;
}

function headersFor(
  { headers: own, consistency }: Readonly<Record<string, unknown>>,
  load: (headers: Headers) => Headers,
): Record<string, string> {
  const headers = new Headers(own as GivenHeaders);
  const asked = consistencyHeaders(fieldsOf(consistency));
  for (const [name, value] of Object.entries(asked)) headers.set(name, value);
  return Object.fromEntries(load(headers));
}

/** The error that Apollo makes of an HTTP error status, or of no answer. */
function answerOf(error: unknown): Answer {
  const { bodyText, response, statusCode } = fieldsOf(error);
  let body: AnswerBody | null = null;
  try {
    body = typeof bodyText === 'string' ? fieldsOf(JSON.parse(bodyText)) : null;
  } catch {
    // An error page of a gateway.
  }
  const answer = readAnswer(body, (response as Response | undefined)?.headers, statusCode as number | undefined);
  return wasLost(error) ? { ...answer, retryable: true } : answer;
}

/** Apollo uses the observables of one library or another: the constructor is taken from the one we got. */
function observableClass<Given extends object>(given: Given): ResultsClass<Given> {
  let found = Object.getPrototypeOf(given);
  for (let next = found; typeof next?.subscribe === 'function'; next = Object.getPrototypeOf(next)) found = next;
  return found.constructor;
}
