/** Monitoring of a process without GraphQL: /livez, /readyz and /metrics. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressList, parseAddressList } from '../platform/address-list.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import { unmeasured } from '../platform/metrics.ts';
import { Connections } from './connections.ts';
import { hostJudge, hostsOf } from './known-host.ts';
import { listen } from './listen.ts';
import { Refusals } from './refusals.ts';
import { respondError, respondJson, unknownHost } from './respond.ts';
import { type ServedMetrics, sendMetrics } from './send-metrics.ts';
import { type TellingRules, tellsServers } from './told-servers.ts';

export type Readiness = {
  readonly ready: boolean;
  /** Always shown. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** With the names of servers, for callers who may know them. */
  readonly servers: Readonly<Record<string, unknown>>;
};

export type WatchServerOptions = {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The variable that names the port. */
  readonly setting: string;
  readonly reach: Omit<TellingRules, 'host'>;
  /** Answered from memory, because it may be called at any rate. */
  readonly readiness: () => Readiness;
  /** Without it there is no `/metrics`. */
  readonly metrics: ServedMetrics | null;
  readonly clock: Clock;
  readonly log: Logger;
};

export type WatchServer = { readonly url: string; stop(): Promise<void> };

/** Probes and monitoring use a few. */
const connectionLimits = { all: 100, perClient: 50 } as const;
/** Under the various names that service managers use. */
const probed: readonly string[] = ['/livez', '/readyz'];

/** Throws `PortUnavailableError`. */
export async function startWatchServer(options: WatchServerOptions): Promise<WatchServer> {
  const { host, port, setting, reach, clock, log } = options;
  const refusals = new Refusals({ clock, log, metrics: unmeasured });
  const judgeHost = hostJudge({ ...reach, host });
  const mayKnowServers = tellsServers({ ...reach, host });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url = '/', rawHeaders, socket } = request;
    const path = url.split('?', 1)[0] ?? '/';
    const verdict = judgeHost(hostsOf(rawHeaders));
    if (verdict === 'malformed') {
      return respondError(response, 400, 'BAD_REQUEST', 'The Host header is not one host name with an optional port.');
    }
    if (verdict === 'unknown' && !probed.includes(path)) {
      refusals.count('host', { client: socket.remoteAddress, path });
      return respondError(response, 421, 'HOST_UNKNOWN', unknownHost);
    }
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return respondError(response, 405, 'METHOD_NOT_ALLOWED', 'Use GET or HEAD.');
    }
    switch (path) {
      case '/livez':
        return respondJson(response, 200, { status: 'alive' });
      case '/readyz': {
        const { ready, facts, servers } = options.readiness();
        if (!ready) response.setHeader('retry-after', '1');
        const shown = { ...facts, ...(mayKnowServers(request) && servers) };
        return respondJson(response, ready ? 200 : 503, { status: ready ? 'ready' : 'unavailable', ...shown });
      }
      case '/metrics':
        if (options.metrics !== null) return sendMetrics(response, options.metrics);
        break;
    }
    respondError(response, 404, 'NOT_FOUND', 'There is nothing here. Try /livez, /readyz or /metrics.');
  };
  const timeouts = { headersTimeout: 5000, requestTimeout: 5000, connectionsCheckingInterval: 1000 };
  const server = createServer(timeouts, (request, response) => {
    connections.mark(request.socket, true);
    response.once('close', () => connections.mark(request.socket, false));
    answer(request, response).catch(() => response.destroy());
  });
  const connections = new Connections(server, {
    limits: connectionLimits,
    proxies: parseAddressList(reach.trustedProxies) ?? (parseAddressList([]) as AddressList),
    refusals,
    metrics: unmeasured,
  });
  const taken = await listen(server, host, port, { orNext: false, setting });
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
