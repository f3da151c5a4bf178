import { addressListOf } from '../platform/address-list.ts';
import type { EnvironmentSettings } from './settings.ts';

/** How the API is reached, and how much of it anybody may take. */
export type HttpConfig = {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Where browsers find it; `null` where they find the port itself, or its proxy says. */
  readonly publicUrl: string | null;
  /** Names that a Host header may hold besides addresses and loopback names. */
  readonly allowedHosts: readonly string[];
  /** Whose word is taken for where a request came from. */
  readonly trustedProxies: readonly string[];
  /** Which headers they say it with. */
  readonly proxyHeaders: EnvironmentSettings['PROXY_HEADERS'];
  readonly corsOrigins: readonly string[];
  /** What pages of these origins may send besides what the API itself reads. */
  readonly corsHeaders: readonly string[];
  readonly maxBodyBytes: number;
  readonly limits: HttpLimits;
  readonly requestTimeoutMs: number;
  readonly shutdownGraceMs: number;
  /** How often a quiet stream gives a sign of life, and how long one lasts at most. */
  readonly streams: { readonly beatMs: number; readonly longestMs: number };
  /** Whether `/metrics` is served. */
  readonly metrics: boolean;
  /** Whether the testers' page is served at `/`. */
  readonly dashboard: boolean;
};

/** In all, and for one client. */
export type HttpLimits = {
  readonly requests: number;
  readonly requestsPerClient: number;
  readonly streams: number;
  readonly streamsPerClient: number;
  readonly bodies: number;
  readonly bodiesPerClient: number;
  /** `auto`: what the descriptors of the process leave. */
  readonly connections: number | 'auto';
  /** `auto`: half of them. */
  readonly connectionsPerClient: number | 'auto';
};

export function httpOf(settings: EnvironmentSettings): HttpConfig {
  return {
    host: settings.HOST,
    port: settings.PORT,
    publicUrl: settings.PUBLIC_URL ?? null,
    allowedHosts: settings.ALLOWED_HOSTS,
    trustedProxies: settings.TRUST_PROXY,
    proxyHeaders: settings.PROXY_HEADERS,
    corsOrigins: settings.CORS_ORIGINS,
    corsHeaders: settings.CORS_HEADERS,
    maxBodyBytes: settings.MAX_BODY_BYTES,
    limits: {
      requests: settings.MAX_REQUESTS_IN_FLIGHT,
      requestsPerClient: settings.MAX_REQUESTS_PER_CLIENT ?? Math.ceil(settings.MAX_REQUESTS_IN_FLIGHT / 2),
      streams: settings.MAX_STREAMS,
      streamsPerClient: settings.MAX_STREAMS_PER_CLIENT,
      bodies: settings.MAX_BODIES,
      bodiesPerClient: settings.MAX_BODIES_PER_CLIENT,
      connections: settings.MAX_CONNECTIONS ?? 'auto',
      connectionsPerClient: settings.MAX_CONNECTIONS_PER_CLIENT ?? 'auto',
    },
    requestTimeoutMs: settings.REQUEST_TIMEOUT_MS,
    shutdownGraceMs: settings.SHUTDOWN_GRACE_MS,
    streams: { beatMs: settings.STREAM_BEAT_MS, longestMs: settings.STREAM_MAX_AGE_S * 1000 },
    metrics: settings.METRICS ?? true,
    dashboard: settings.DASHBOARD ?? settings.NODE_ENV !== 'production',
  };
}

/** What strangers would run into. */
export function reachWarnings({ host, allowedHosts, publicUrl }: HttpConfig): string[] {
  const isNear = host === 'localhost' || addressListOf(['loopback'])?.has(host) === true;
  if (isNear || publicUrl !== null || allowedHosts.length > 0) return [];
  return [
    `HOST ${host} can be reached by others, who may call this API by its IP address only: set ALLOWED_HOSTS to its names, or PUBLIC_URL`,
  ];
}
