import type { AdmissionLimits } from './admissions.ts';
import type { ConnectionLimits } from './connections.ts';

/** How clients reach a server, and how much one client may use. */
export type Reach = {
  /** Names that a Host header may hold, besides addresses and loopback names. */
  readonly allowedHosts: readonly string[];
  /** Its address for browsers; `null` if they use the port directly, or the proxy says. */
  readonly publicUrl: string | null;
  readonly trustedProxies: readonly string[];
  readonly proxyHeaders: 'x-forwarded' | 'forwarded';
  readonly corsOrigins: readonly string[];
  readonly limits: AdmissionLimits & { readonly connections: ConnectionLimits };
  /** Whether strangers may connect: server names are then hidden. */
  readonly production: boolean;
};

/** For clients on this machine. */
export const reachableHere: Reach = {
  allowedHosts: [],
  publicUrl: null,
  trustedProxies: ['loopback'],
  proxyHeaders: 'x-forwarded',
  corsOrigins: [],
  limits: {
    requests: 2000,
    requestsPerClient: 1000,
    streams: 2000,
    streamsPerClient: 100,
    bodies: 500,
    bodiesPerClient: 100,
    connections: { all: 10_000, perClient: 5000 },
  },
  production: false,
};
