/** What a process without GraphQL shows of itself: /livez, /readyz and /metrics. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from './listen.ts';
import { respondError, respondJson } from './respond.ts';
import { type ServedMetrics, sendMetrics } from './send-metrics.ts';

export type WatchServerOptions = {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The variable that names the port. */
  readonly setting: string;
  /** From what is known already: it is asked as often as somebody looks. `facts` are shown either way. */
  readonly readiness: () => { readonly ready: boolean; readonly facts: Readonly<Record<string, unknown>> };
  /** Without it there is no `/metrics`. */
  readonly metrics: ServedMetrics | null;
};

export type WatchServer = { readonly url: string; stop(): Promise<void> };

/** Throws `PortUnavailableError`. */
export async function startWatchServer({ host, port, setting, ...shown }: WatchServerOptions): Promise<WatchServer> {
  const server = createServer({ headersTimeout: 5000, requestTimeout: 5000 }, (request, response) => {
    answer(request, response, shown).catch(() => response.destroy());
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

async function answer(
  { method, url = '/' }: IncomingMessage,
  response: ServerResponse,
  { readiness, metrics }: Pick<WatchServerOptions, 'readiness' | 'metrics'>,
): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return respondError(response, 405, 'METHOD_NOT_ALLOWED', 'Only GET and HEAD are answered here.');
  }
  switch (url.split('?', 1)[0]) {
    case '/livez':
      return respondJson(response, 200, { status: 'alive' });
    case '/readyz': {
      const { ready, facts } = readiness();
      if (!ready) response.setHeader('retry-after', '1');
      return respondJson(response, ready ? 200 : 503, { status: ready ? 'ready' : 'unavailable', ...facts });
    }
    case '/metrics':
      if (metrics !== null) return sendMetrics(response, metrics);
      break;
  }
  respondError(response, 404, 'NOT_FOUND', 'There is nothing here. Try /livez, /readyz or /metrics.');
}
