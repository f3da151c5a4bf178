import { GraphQLError } from 'graphql';
import type { UsedUp } from '../platform/shares.ts';
import type { ErrorCode } from './error-codes.ts';

/** Nothing was begun, and a retry may succeed. 429 if the client is the cause, 503 if it is the load of all. */
export function refusedFor(usedUp: UsedUp, what: 'requests' | 'bodies' | 'streams' | 'events'): GraphQLError {
  const ofWhom = usedUp === 'client' ? 'from you' : 'in total';
  const message = {
    requests: `Too many requests ${ofWhom} are being answered. Try again in a second.`,
    bodies: `Too many requests ${ofWhom} are still being sent. Try again in a second.`,
    streams: `Too many subscriptions ${ofWhom} are open. Close some, or try again in a while.`,
    events: 'Your subscriptions together would cost too much per event. Close some, or ask for fewer fields.',
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
        // The rest of an unread body is not waited for.
        headers: { 'retry-after': String(retryAfterS), ...(what === 'bodies' && { connection: 'close' }) },
      },
    },
  });
}
