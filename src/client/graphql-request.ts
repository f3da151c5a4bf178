/**
 * The middleware of graphql-request: `new GraphQLClient(url, { ...tokenMiddleware(store) })`. It sees an answer but not its request, so
 * each request gets an id that the server returns. It cannot repeat a request: wrap calls with `withRetries` or
 * `withIdempotencyKey`, or give the client `fetch: tokenFetch(store)` instead.
 */
import { type AnswerBody, type AnswerHeaders, fieldsOf, readAnswer } from './answer.ts';
import { type GivenHeaders, loadHeaders } from './consistency-headers.ts';
import { randomKey } from './random-key.ts';
import type { Departure, TokenStore } from './token-store.ts';

const idHeader = 'x-request-id';
/** Unanswered requests are forgotten, the oldest first. */
const maxUnderWay = 1000;

export function tokenMiddleware(store: TokenStore) {
  const underWay = new Map<string, Departure>();
  let requests = 0;
  return {
    requestMiddleware: <Request extends { headers?: GivenHeaders }>(
      request: Request,
    ): Request & { headers: Headers } => {
      const departure = store.depart();
      const headers = loadHeaders(new Headers(request.headers), departure);
      // Callers may use one id for several requests.
      requests += 1;
      const id = `${headers.get(idHeader) ?? randomKey()}.${requests}`;
      headers.set(idHeader, id);
      underWay.set(id, departure);
      const [oldest] = underWay.keys();
      if (underWay.size > maxUnderWay && oldest !== undefined) underWay.delete(oldest);
      return { ...request, headers };
    },
    /** An error with an answer contains it. */
    responseMiddleware: (outcome: object): void => {
      const fields = fieldsOf(outcome);
      const response = outcome instanceof Error ? fieldsOf(fields.response) : fields;
      const headers = response.headers as AnswerHeaders | undefined;
      const id = headers?.get(idHeader) ?? '';
      const departure = underWay.get(id);
      underWay.delete(id);
      const answer = readAnswer(response as AnswerBody, headers);
      if (departure !== undefined) store.arrive(departure, answer);
      // What it includes is unknown.
      else if (answer.token !== null) store.learn(answer.token);
    },
  };
}
