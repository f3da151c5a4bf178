import type { Answer } from './answer.ts';
import { loadHeaders } from './consistency-headers.ts';
import { readResponse, wasLost } from './read-response.ts';
import { pause, type RetryOptions, retryDelayMs } from './retry-delay.ts';
import type { TokenStore } from './token-store.ts';

export type TokenFetchOptions = {
  /** The function to wrap. Default: the global one. */
  readonly fetch?: typeof fetch;
  /** How queries are retried. Mutations never are: wrap them with `withIdempotencyKey`. */
  readonly retry?: RetryOptions;
};

/** A `fetch` that carries the tokens of `store`, for any library that accepts one. */
export function tokenFetch(store: TokenStore, options: TokenFetchOptions = {}): typeof fetch {
  const { retry: retrying = {} } = options;
  const { sleep = pause } = retrying;
  return async (input, init) => {
    // Looked up on each call, because tools replace the global one.
    const { fetch: send = globalThis.fetch } = options;
    const given = typeof input === 'object' && 'headers' in input ? input : undefined;
    const again = isQuery(given, init) ? retrying : { retries: 0 };
    const signal = init?.signal ?? given?.signal ?? null;
    for (let retry = 0; ; retry += 1) {
      const departure = store.depart();
      const headers = loadHeaders(new Headers(init?.headers ?? given?.headers), departure);
      let response: Response | undefined;
      let answer: Pick<Answer, 'retryable' | 'retryAfterMs'>;
      try {
        response = await send(input, { ...init, headers });
        const read = await readResponse(response);
        store.arrive(departure, read);
        answer = read;
      } catch (error) {
        answer = { retryable: wasLost(error), retryAfterMs: 0 };
        if (retryDelayMs(retry, answer, again) === null) throw error;
      }
      const delayMs = retryDelayMs(retry, answer, again);
      if (delayMs === null && response !== undefined) return response;
      await response?.body?.cancel();
      await sleep(delayMs ?? 0, signal);
      signal?.throwIfAborted();
    }
  };
}

/** Whether the request is certain to only read, and so may be repeated. If in doubt, no. */
function isQuery(given: Request | undefined, init: RequestInit | undefined): boolean {
  const method = (init?.method ?? given?.method ?? 'GET').toUpperCase();
  if (method === 'GET') return true;
  if (typeof init?.body !== 'string') return false;
  try {
    const { query } = JSON.parse(init.body);
    return typeof query === 'string' && !/\b(mutation|subscription)\b/.test(query);
  } catch {
    return false;
  }
}
