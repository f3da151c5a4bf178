import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createGraphiqlPage } from '../graphql/graphiql-page.ts';
import type { GraphqlHandler } from '../graphql/yoga.ts';
import { type AddressList, parseAddressList } from '../platform/address-list.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import { unmeasured } from '../platform/metrics.ts';
import { Admissions } from './admissions.ts';
import { callerReader } from './caller.ts';
import { sendPage } from './compressed-page.ts';
import { Connections } from './connections.ts';
import { answerHealth, answerStopping, type HealthSource } from './health.ts';
import { hostJudge, hostsOf } from './known-host.ts';
import { answerLab, type ServedLab } from './lab.ts';
import { listen } from './listen.ts';
import { Malformed } from './malformed.ts';
import { OwnPace } from './own-pace.ts';
import { defaultPatience, type Patience } from './patience.ts';
import { type Reach, reachableHere } from './reach.ts';
import { Refusals } from './refusals.ts';
import { plainError, respondError, respondJson, respondRefusal, unknownHost } from './respond.ts';
import { type ServedMetrics, sendMetrics } from './send-metrics.ts';
import { type StaticPage, sendStaticFile, staticFileAt } from './static-page.ts';
import { tellsServers } from './told-servers.ts';

/** What is served; built by the composition root. */
export interface ServedApp {
  readonly graphql: GraphqlHandler;
  /** Ends answers that would last for ever. Called when the shutdown begins. */
  endStreams?(): void;
  /** Cheap: answered from memory. Called at most once a second. */
  readonly health: HealthSource;
  /** The content of `/metrics`; without it there is no such page. */
  readonly metrics?: ServedMetrics | null;
}

export type HttpServerOptions = {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Takes the next free port if `port` is in use. */
  readonly orNextPort: boolean;
  /** How clients reach it, and how much one client may use. Default: for this machine. */
  readonly reach?: Reach;
  /** Time limits for clients. The defaults suit common clients. */
  readonly patience?: Patience;
  /** How long running requests may take once the shutdown has begun. */
  readonly shutdownGraceMs: number;
  readonly app: ServedApp;
  /** Whether browsers get GraphiQL at `/graphql`. */
  readonly graphiql: boolean;
  /** The page at `/`; without it `/` redirects to `/graphql`. */
  readonly page?: StaticPage | null;
  /** The fault injector. Default: none. */
  readonly lab?: ServedLab | null;
  readonly clock: Clock;
  readonly log: Logger;
};

export type HttpServer = {
  readonly port: number;
  /** Without a trailing slash. */
  readonly url: string;
  /** Accepts no new connections, lets running requests end within the grace time, then aborts them. */
  stop(): Promise<void>;
};

type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

const loopback = parseAddressList(['loopback']) as AddressList;

/** Throws `PortUnavailableError`. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { clock, log, page = null, lab = null, reach = reachableHere, patience = defaultPatience } = options;
  const running = new Set<ServerResponse>();
  let stopping = false;
  const graphiqlPage = options.graphiql ? createGraphiqlPage() : null;
  const health = answerHealth(() => options.app.health(), clock);
  const { metrics } = options.app;
  const refusals = new Refusals({ clock, log, metrics: metrics ?? unmeasured });
  const maxMs = patience.requestMs + patience.lookMs;
  const pace = new OwnPace(clock, maxMs);
  const malformed = new Malformed({ clock, pace, refusals, maxMs });
  const admissions = new Admissions(reach.limits, refusals, { pace, metrics: metrics ?? unmeasured });
  metrics?.gauge(
    {
      name: 'tidemark_http_running_requests',
      help: 'HTTP requests being answered, not counting streams.',
      labels: {},
    },
    () => [{ labels: {}, value: running.size - admissions.streams }],
  );
  const proxies = { trusted: parseAddressList(reach.trustedProxies) ?? loopback, headers: reach.proxyHeaders };
  const callerOf = callerReader({ ...reach, proxies });
  const judgeHost = hostJudge({ ...reach, host: options.host });
  const mayKnowServers = tellsServers({ ...reach, host: options.host });
  const unlessStopping = (route: Route): Route =>
    readOnly((request, response) => (stopping ? answerStopping(response) : route(request, response)));
  const ready = unlessStopping((request, response) => health.reads(response, mayKnowServers(request)));

  const routes: Readonly<Record<string, Route>> = {
    '/graphql': async (request, response) => {
      const wantsPage = request.method === 'GET' && String(request.headers.accept ?? '').includes('text/html');
      if (wantsPage && graphiqlPage !== null) return sendPage(request, response, await graphiqlPage());
      const caller = callerOf(request);
      await options.app.graphql(request, response, {
        ...caller,
        admission: admissions.admit(caller.address, response),
      });
    },
    '/livez': readOnly((_, response) => respondJson(response, 200, { status: 'alive' })),
    '/readyz': ready,
    '/readyz/read': ready,
    '/readyz/write': unlessStopping((request, response) => health.writes(response, mayKnowServers(request))),
    '/lab/nodes': (request, response) => (stopping ? answerStopping(response) : answerLab(lab, request, response)),
    ...(metrics && { '/metrics': readOnly((_, response) => sendMetrics(response, metrics)) }),
    ...(page === null && {
      '/': readOnly((request, response) => leadTo(`${callerOf(request).prefix}/graphql`, response)),
    }),
  };
  /** For service managers, which call them by various names. */
  const probed: readonly string[] = ['/livez', '/readyz', '/readyz/read', '/readyz/write'];

  const routeOf = (path: string, request: IncomingMessage): Route | undefined => {
    if (Object.hasOwn(routes, path)) return routes[path];
    const node = nodeIn(path);
    if (node !== null) return readOnly((_, response) => health.node(node)(response, mayKnowServers(request)));
    const file = page === null ? undefined : staticFileAt(page, path, request);
    return file && readOnly((_, response) => sendStaticFile(request, response, file));
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const hosts = hostsOf(request.rawHeaders);
    const verdict = judgeHost(hosts);
    if (verdict === 'malformed' || (hosts.length === 0 && request.httpVersion === '1.1')) {
      refusals.count('malformed', { client: request.socket.remoteAddress, path });
      return respondError(response, 400, 'BAD_REQUEST', 'The Host header is not one host name with an optional port.');
    }
    // The lab has stricter rules of its own.
    if (verdict === 'unknown' && path !== '/lab/nodes' && !probed.includes(path)) {
      refusals.count('host', { client: request.socket.remoteAddress, path });
      return respondError(response, 421, 'HOST_UNKNOWN', unknownHost);
    }
    const route = routeOf(path, request);
    if (route === undefined) respondError(response, 404, 'NOT_FOUND', 'There is nothing here. Try /graphql.');
    else await route(request, response);
  };

  const server = createServer(
    {
      headersTimeout: patience.headMs,
      requestTimeout: patience.requestMs,
      connectionsCheckingInterval: patience.lookMs,
      keepAliveTimeout: patience.idleMs,
      // Node would close the connection without a response.
      requireHostHeader: false,
      noDelay: true,
      // Detects clients that have vanished.
      keepAlive: true,
      keepAliveInitialDelay: 30_000,
    },
    (request, response) => {
      running.add(response);
      malformed.began(request, response);
      connections.mark(request.socket, true);
      if (stopping) response.setHeader('connection', 'close');
      response.once('close', () => {
        running.delete(response);
        connections.mark(request.socket, false);
        if (stopping) server.closeIdleConnections();
      });
      answer(request, response).catch((error: unknown) => {
        log.error({ err: error, method: request.method }, 'request failed');
        if (response.headersSent) response.destroy();
        else respondError(response, 500, 'INTERNAL_SERVER_ERROR', 'Internal error.');
      });
    },
  );
  const connections = new Connections(server, {
    limits: reach.limits.connections,
    proxies: proxies.trusted,
    refusals,
    metrics: metrics ?? unmeasured,
  });
  server.on('clientError', (error, socket) => malformed.refuse(error, socket as Socket));
  server.on('timeout', (socket) => connections.closeIfIdle(socket));
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    malformed.began(request, response);
    respondRefusal(response, {
      status: 417,
      code: 'EXPECTATION_FAILED',
      message: 'Only 100-continue is supported.',
    });
  });
  server.on('connect', (_, socket: Duplex) =>
    socket.end(plainError({ status: 405, code: 'METHOD_NOT_ALLOWED', message: 'This server is not a proxy.' })),
  );

  const port = await listen(server, options.host, options.port, { orNext: options.orNextPort, setting: 'PORT' });
  pace.start();
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
        log.warn({ requests: running.size }, 'aborting requests that did not end in time');
        server.closeAllConnections();
      });
      await closed;
      cancel();
      pace.stop();
    },
  };
}

/** The name in `/health/<node>`; a malformed name matches no node. */
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
    respondError(response, 405, 'METHOD_NOT_ALLOWED', 'Use GET or HEAD.');
  };
}

function leadTo(location: string, response: ServerResponse): void {
  response.writeHead(302, { location, 'content-length': 0 }).end();
}
