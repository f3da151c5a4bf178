import { parseAddressList } from '../../platform/address-list.ts';
import { part, type ResultOf } from '../part.ts';
import { flag, integer, oneOf } from '../values.ts';
import { variable } from '../variable.ts';
import { headerNames, hostName, hostNames, origins, publicUrl, trustedProxies } from './http-values.ts';

const seconds = (value: number) => value * 1000;

/** How the API is reached, and how much of it one client may use. */
export const http = part(
  'HTTP',
  {
    host: variable('HOST', hostName, { default: '127.0.0.1', about: 'Address to listen on; `0.0.0.0` for all.' }),
    port: variable('PORT', integer(0, 65_535), { default: 4000, about: 'Port to listen on; 0 takes any free port.' }),
    publicUrl: variable('PUBLIC_URL', publicUrl, {
      unset: 'headers of a trusted proxy',
      example: 'https://shop.example.com/orders',
      about: 'Where browsers find the API behind a proxy, with the path that the proxy strips.',
    }),
    allowedHosts: variable('ALLOWED_HOSTS', hostNames, {
      default: '',
      about:
        'Host names that requests may use, comma separated, `*.example.com` for all below it; IP addresses, loopback names, `HOST` and the host of `PUBLIC_URL` always may.',
    }),
    trustedProxies: variable('TRUST_PROXY', trustedProxies, {
      default: 'loopback',
      about:
        'Proxies whose forwarding headers are trusted, comma separated: addresses, networks, `loopback`, `private`, or `none`.',
    }),
    proxyHeaders: variable('PROXY_HEADERS', oneOf('x-forwarded', 'forwarded'), {
      default: 'x-forwarded',
      about: 'Which headers your proxy sets: `x-forwarded`, or `forwarded` (RFC 7239).',
    }),
    corsOrigins: variable('CORS_ORIGINS', origins, {
      default: '',
      example: 'https://shop.example.com',
      about: 'Origins whose pages may call with cookies, comma separated.',
    }),
    corsHeaders: variable('CORS_HEADERS', headerNames, {
      default: 'authorization,traceparent,tracestate,apollographql-client-name,apollographql-client-version',
      about: 'Request headers that these pages may send besides those the API reads, comma separated, or `none`.',
    }),
    maxBodyBytes: variable('MAX_BODY_BYTES', integer(1024, 26_214_400), {
      default: 262_144,
      about: 'Largest request body.',
    }),
    limits: {
      requests: variable('MAX_REQUESTS_IN_FLIGHT', integer(1, 1_000_000), {
        default: 2000,
        about: 'GraphQL requests answered at once; further ones get 503.',
      }),
      requestsPerClient: variable('MAX_REQUESTS_PER_CLIENT', integer(1, 1_000_000), {
        unset: 'half of `MAX_REQUESTS_IN_FLIGHT`',
        about: 'The same for one client: an IP address (a /64 network of IPv6), as a trusted proxy reports it.',
      }),
      streams: variable('MAX_STREAMS', integer(0, 1_000_000), {
        default: 2000,
        about: 'Open subscriptions; further ones get `TOO_MANY_STREAMS`.',
      }),
      streamsPerClient: variable('MAX_STREAMS_PER_CLIENT', integer(0, 1_000_000), {
        default: 100,
        about: 'The same for one client.',
      }),
      bodies: variable('MAX_BODIES', integer(1, 1_000_000), {
        default: 500,
        about: 'Requests whose body has not arrived completely.',
      }),
      bodiesPerClient: variable('MAX_BODIES_PER_CLIENT', integer(1, 1_000_000), {
        default: 100,
        about: 'The same for one client.',
      }),
      connections: variable('MAX_CONNECTIONS', integer(10, 1_000_000), {
        unset: 'what the file descriptors of the process allow',
        about: 'Open connections; near the limit those idle for longest are closed.',
      }),
      connectionsPerClient: variable('MAX_CONNECTIONS_PER_CLIENT', integer(1, 1_000_000), {
        unset: 'half of `MAX_CONNECTIONS`',
        about: 'The same for one client; trusted proxies are exempt.',
      }),
    },
    requestTimeoutMs: variable('REQUEST_TIMEOUT_MS', integer(100, 600_000), {
      default: 15_000,
      about: 'Longest time for one operation.',
    }),
    shutdownGraceMs: variable('SHUTDOWN_GRACE_MS', integer(0, 600_000), {
      default: 10_000,
      about: 'How long running requests may continue after SIGTERM.',
    }),
    streams: {
      beatMs: variable('STREAM_BEAT_MS', integer(100, 600_000), {
        default: 15_000,
        about: 'How often a quiet stream sends a sign of life: more often than proxies close idle connections.',
      }),
      maxAgeMs: variable('STREAM_MAX_AGE_S', integer(1, 604_800).transform(seconds), {
        default: 3600,
        about: 'Age in seconds at which a stream is ended; its client opens another one.',
      }),
    },
    metrics: variable('METRICS', flag, { default: true, about: 'Whether `/metrics` is served.' }),
    dashboard: variable('DASHBOARD', flag, {
      unset: 'true, in production false',
      about: "Whether the testers' page is served at `/`.",
    }),
  },
  {
    complete: ({ limits, ...values }, { environment }) => ({
      ...values,
      /** In all, and for one client. `auto`: what the process's file descriptors allow, and half of that. */
      limits: {
        ...limits,
        requestsPerClient: limits.requestsPerClient ?? Math.ceil(limits.requests / 2),
        connections: limits.connections ?? ('auto' as const),
        connectionsPerClient: limits.connectionsPerClient ?? ('auto' as const),
      },
      dashboard: values.dashboard ?? environment !== 'production',
    }),
    warn: ({ host, allowedHosts, publicUrl }) => {
      const isNear = host === 'localhost' || parseAddressList(['loopback'])?.has(host) === true;
      if (isNear || publicUrl !== null || allowedHosts.length > 0) return [];
      return [
        `HOST ${host} can be reached from other machines, but only by its IP address: set ALLOWED_HOSTS to its names, or PUBLIC_URL`,
      ];
    },
  },
);

export type HttpConfig = ResultOf<typeof http>;
