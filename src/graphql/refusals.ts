import { GraphQLError } from 'graphql';
import type { UsedUp } from '../platform/shares.ts';
import type { ErrorCode } from './error-codes.ts';

/** Nothing was begun, and another time it may be. One client's own fault is 429, everybody's is 503. */
export function refusedFor(usedUp: UsedUp, what: 'requests' | 'bodies' | 'streams' | 'events'): GraphQLError {
  const ofWhom = usedUp === 'client' ? 'from you' : 'altogether';
  const message = {
    requests: `Too many requests ${ofWhom} are being answered. Try again in a second.`,
    bodies: `Too many requests ${ofWhom} are on their way. Try again in a second.`,
    streams: `Too many subscriptions ${ofWhom} are open. Close some, or try again in a while.`,
    events: 'Your subscriptions would cost too much together with each event. Close some, or ask for fewer fields.',
  }[what];
  const isStream = what === 'streams' || what === 'events';
  const retryAfterS = isStream ? 10 : 1;
  return new GraphQLError(message, {
    extensions: {
      code: (isStream ? 'TOO_MANY_STREAMS' : 'OVERLOADED') satisfies ErrorCode,
      retryable: true,
      retryAfterMs: retryAfterS * 1000,
      http: {
        status: usedUp === 'client' ? 429 : 503,
        // Nobody waits for the rest of a body that is not read.
        headers: { 'retry-after': String(retryAfterS), ...(what === 'bodies' && { connection: 'close' }) },
      },
    },
  });
}
