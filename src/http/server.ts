import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createGraphiqlPage } from '../graphql/graphiql-page.ts';
import type { GraphqlHandler } from '../graphql/yoga.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import { sendPage } from './compressed-page.ts';
import { answerHealth, answerStopping, type HealthSource } from './health.ts';
import { answerLab, type ServedLab } from './lab.ts';
import { listen } from './listen.ts';
import { respondError, respondJson } from './respond.ts';
import { type ServedMetrics, sendMetrics } from './send-metrics.ts';
import { type StaticPage, sendStaticFile, staticFileAt } from './static-page.ts';

/** What is served: the composition root makes one. */
export interface ServedApp {
  readonly graphql: GraphqlHandler;
  /** Ends answers that would go on for ever. Called when stopping begins. */
  endStreams?(): void;
  /** Cheap: from what is known already. Asked once a second at most. */
  readonly health: HealthSource;
  /** What `/metrics` shows; without it there is no such page. */
  readonly metrics?: ServedMetrics | null;
}

export type HttpServerOptions = {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Takes the next free port when `port` is busy. */
  readonly orNextPort: boolean;
  /** GraphQL requests that may run at once; the next one is turned away with 503. */
  readonly maxRequestsInFlight: number;
  /** How long requests that run may go on once stopping has begun. */
  readonly shutdownGraceMs: number;
  readonly app: ServedApp;
  /** Whether browsers get GraphiQL at `/graphql`. */
  readonly graphiql: boolean;
  /** The page at `/`; without it the front door leads to `/graphql`. */
  readonly page?: StaticPage | null;
  /** What breaks the servers on purpose; there is none unless told. */
  readonly lab?: ServedLab | null;
  readonly clock: Clock;
  readonly log: Logger;
};

export type HttpServer = {
  readonly port: number;
  /** Without a slash at the end. */
  readonly url: string;
  /** Takes no new connections, lets running requests end within the grace time, then cuts them off. */
  stop(): Promise<void>;
};

type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Throws `PortUnavailableError`. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { clock, log, page = null, lab = null } = options;
  const running = new Set<ServerResponse>();
  let stopping = false;
  const graphiqlPage = options.graphiql ? createGraphiqlPage() : null;
  const health = answerHealth(() => options.app.health(), clock);
  const { metrics } = options.app;
  metrics?.gauge(
    { name: 'tidemark_http_running_requests', help: 'HTTP requests that are being answered.', labels: {} },
    () => [{ labels: {}, value: running.size }],
  );
  const unlessStopping = (route: Route): Route =>
    readOnly((request, response) => (stopping ? answerStopping(response) : route(request, response)));

  const routes: Readonly<Record<string, Route>> = {
    '/graphql': async (request, response) => {
      const wantsPage = request.method === 'GET' && String(request.headers.accept ?? '').includes('text/html');
      if (wantsPage && graphiqlPage !== null) await sendPage(request, response, await graphiqlPage());
      else if (running.size > options.maxRequestsInFlight) refuseOverload(response);
      else await options.app.graphql(request, response);
    },
    '/livez': readOnly((_, response) => respondJson(response, 200, { status: 'alive' })),
    '/readyz': unlessStopping((_, response) => health.reads(response)),
    '/readyz/read': unlessStopping((_, response) => health.reads(response)),
    '/readyz/write': unlessStopping((_, response) => health.writes(response)),
    '/lab/nodes': (request, response) => (stopping ? answerStopping(response) : answerLab(lab, request, response)),
    ...(metrics && { '/metrics': readOnly((_, response) => sendMetrics(response, metrics)) }),
    ...(page === null && { '/': readOnly((_, response) => leadTo('/graphql', response)) }),
  };

  const routeOf = (path: string, request: IncomingMessage): Route | undefined => {
    if (Object.hasOwn(routes, path)) return routes[path];
    const node = nodeIn(path);
    if (node !== null) return readOnly((_, response) => health.node(node)(response));
    const file = page === null ? undefined : staticFileAt(page, path, request);
    return file && readOnly((_, response) => sendStaticFile(request, response, file));
  };

  const answer: Route = async (request, response) => {
    const route = routeOf((request.url ?? '/').split('?', 1)[0] ?? '/', request);
    if (!/^[\w.:[\]-]*$/.test(request.headers.host ?? '')) {
      respondError(response, 400, 'BAD_REQUEST', 'The Host header is not a host name.');
    } else if (route === undefined) respondError(response, 404, 'NOT_FOUND', 'There is nothing here. Try /graphql.');
    else await route(request, response);
  };

  const server = createServer(
    {
      // A client that dribbles its request is cut off; idle connections outlive those of usual load balancers.
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 2000,
      keepAliveTimeout: 65_000,
      noDelay: true,
    },
    (request, response) => {
      running.add(response);
      if (stopping) response.setHeader('connection', 'close');
      response.once('close', () => {
        running.delete(response);
        if (stopping) server.closeIdleConnections();
      });
      Promise.resolve()
        .then(() => answer(request, response))
        .catch((error: unknown) => {
          log.error({ err: error, method: request.method }, 'a request broke');
          if (response.headersSent) response.destroy();
          else respondError(response, 500, 'INTERNAL_SERVER_ERROR', 'Something broke on our side.');
        });
    },
  );
  server.on('clientError', refuseMalformed);

  const port = await listen(server, options.host, options.port, { orNext: options.orNextPort, setting: 'PORT' });
  const shownHost = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    port,
    url: `http://${shownHost}:${port}`,
    stop: async () => {
      stopping = true;
      options.app.endStreams?.();
      for (const response of running) if (!response.headersSent) response.setHeader('connection', 'close');
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const cancel = clock.after(options.shutdownGraceMs, () => {
        log.warn({ requests: running.size }, 'cutting off requests that did not end in time');
        server.closeAllConnections();
      });
      await closed;
      cancel();
    },
  };
}

/** The name in `/health/<node>`; a name that cannot be read names nobody. */
function nodeIn(path: string): string | null {
  const name = /^\/health\/([^/]{1,200})$/.exec(path)?.[1];
  if (name === undefined) return null;
  try {
    return decodeURIComponent(name);
  } catch {
    return '';
  }
}

function readOnly(route: Route): Route {
  return (request, response) => {
    if (request.method === 'GET' || request.method === 'HEAD') return route(request, response);
    response.setHeader('allow', 'GET, HEAD');
    respondError(response, 405, 'METHOD_NOT_ALLOWED', 'Only GET and HEAD are answered here.');
  };
}

function leadTo(location: string, response: ServerResponse): void {
  response.writeHead(302, { location, 'content-length': 0 }).end();
}

/** A queue without an end would take the process down, and answer nobody in time before that. */
function refuseOverload(response: ServerResponse): void {
  response.setHeader('retry-after', '1');
  respondError(response, 503, 'OVERLOADED', 'Too many requests are being answered. Try again in a second.');
}

const malformedStatus: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What is not even HTTP gets a status line and no more. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = malformedStatus[error.code ?? ''] ?? '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
