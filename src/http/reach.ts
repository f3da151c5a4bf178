import type { AdmissionLimits } from './admissions.ts';
import type { ConnectionLimits } from './connections.ts';

/** By whom and through what a server is reached, and how much one client may take of it. */
export type Reach = {
  /** Names that a Host header may hold besides addresses and loopback names. */
  readonly allowedHosts: readonly string[];
  /** Where browsers find it; `null` where they find the port itself, or its proxy says. */
  readonly publicUrl: string | null;
  readonly trustedProxies: readonly string[];
  readonly proxyHeaders: 'x-forwarded' | 'forwarded';
  readonly corsOrigins: readonly string[];
  readonly limits: AdmissionLimits & { readonly connections: ConnectionLimits };
  /** Whether strangers may come: they learn no names of servers. */
  readonly production: boolean;
};

/** For people at this machine. */
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
