import type { CORSOptions } from 'graphql-yoga';

/** Browsers on `origins` may call with cookies; on other origins they may not call at all. */
export function corsFor(
  origins: readonly string[],
  furtherHeaders: readonly string[],
): (request: Request) => CORSOptions {
  const options = {
    credentials: true,
    methods: ['GET', 'POST', 'OPTIONS'],
    allowedHeaders: [
      'content-type',
      'x-request-id',
      'x-consistency-token',
      'x-consistency-level',
      'x-consistency-when-behind',
      'x-consistency-wait-ms',
      'x-consistency-max-staleness-ms',
      ...furtherHeaders,
    ],
    exposedHeaders: ['x-consistency-token', 'x-request-id', 'retry-after'],
    maxAge: 600,
  };
  return (request) => {
    const origin = request.headers.get('origin');
    // Passed as a list, because Yoga sends `Vary: Origin` only if there is a choice, and caches must not mix up origins.
    return origin !== null && origins.includes(origin) ? { ...options, origin: [origin, 'null'] } : false;
  };
}
