import { randomUUID } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';
import type { Clock } from '../../platform/clock.ts';
import type { Caller } from '../caller.ts';
import { factsOf, type LongWork } from '../request-facts.ts';

export const requestIdHeader = 'x-request-id';
const safeId = /^[\w.:+/=-]{1,128}$/;

/** Gives every request an id: the caller's own if it is safe to log, else a random one. */
export function useRequestId(
  clock: Clock,
  makeId: () => string = randomUUID,
): Plugin<object, { caller?: Caller; longWork?: LongWork }> {
  return {
    onRequest({ request, serverContext }) {
      const sent = request.headers.get(requestIdHeader);
      const facts = factsOf(request);
      facts.requestId = sent !== null && safeId.test(sent) ? sent : makeId();
      facts.startedMs = clock.monotonic();
      facts.caller = serverContext.caller ?? null;
      facts.longWork = serverContext.longWork ?? null;
    },
    onResponse({ request, response }) {
      response.headers.set(requestIdHeader, factsOf(request).requestId);
      // Every answer is private, even without a token: a proxy must not serve it to others.
      if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
    },
  };
}
