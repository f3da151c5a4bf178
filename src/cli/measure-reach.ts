import type { Config } from '../config/config.ts';
import { connectionLimits } from '../http/connections.ts';
import type { Reach } from '../http/reach.ts';
import { descriptorLimit } from '../platform/descriptors.ts';

/** How the server is reached, and what the process has left for clients. */
export function measureReach({ http, environment, cluster, pools }: Config): Reach {
  const forServers = cluster.nodes.length * pools.connectionsPerNode;
  const connections = connectionLimits(http.limits, descriptorLimit(), forServers);
  return { ...http, limits: { ...http.limits, connections }, production: environment === 'production' };
}
