import { randomUUID } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';
import type { Clock } from '../../platform/clock.ts';
import { factsOf } from './request-facts.ts';

export const requestIdHeader = 'x-request-id';
const safeId = /^[\w.:+/=-]{1,128}$/;

/** Gives every request an id: the caller's own when it is safe to log, else a random one. */
export function useRequestId(clock: Clock, makeId: () => string = randomUUID): Plugin {
  return {
    onRequest({ request }) {
      const sent = request.headers.get(requestIdHeader);
      const facts = factsOf(request);
      facts.requestId = sent !== null && safeId.test(sent) ? sent : makeId();
      facts.startedMs = clock.monotonic();
    },
    onResponse({ request, response }) {
      response.headers.set(requestIdHeader, factsOf(request).requestId);
    },
  };
}
