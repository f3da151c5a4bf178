import { GraphQLError, GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { ClusterEvents } from '../../../src/cluster/cluster-events.ts';
import { clusterHealth } from '../../../src/cluster/cluster-health.ts';
import { TidemarkError } from '../../../src/errors.ts';
import { ClusterEventFeed } from '../../../src/graphql/cluster/cluster-event-feed.ts';
import { recordDecision } from '../../../src/graphql/request-facts.ts';
import { createGraphqlServer, type GraphqlServerOptions } from '../../../src/graphql/yoga.ts';
import { reachableHere } from '../../../src/http/reach.ts';
import type { ServedMetrics } from '../../../src/http/send-metrics.ts';
import { type HttpServerOptions, type ServedApp, startHttpServer } from '../../../src/http/server.ts';
import { noJobs } from '../../../src/jobs/jobs.ts';
import { OrderChanges } from '../../../src/orders/order-changes.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import type { Logger } from '../../../src/platform/log.ts';
import { unmeasured } from '../../../src/platform/metrics.ts';

export class OutOfTeaError extends TidemarkError {
  readonly code = 'OUT_OF_TEA';
  readonly retryable = true;
}

export class BadConsistencyRequestError extends TidemarkError {
  readonly code = 'BAD_CONSISTENCY_REQUEST';
  readonly retryable = false;
}

/** What the resolvers of one server are waiting for. */
export type Gate = {
  open: () => void;
  readonly opened: Promise<void>;
  readonly entered: Promise<void>;
  enter: () => void;
};

export function makeGate(): Gate {
  const opened = withResolvers();
  const entered = withResolvers();
  return { open: opened.resolve, opened: opened.promise, entered: entered.promise, enter: entered.resolve };
}

function withResolvers() {
  let resolve = () => {};
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

export type LogLine = Readonly<Record<string, unknown>> & { readonly level: string; readonly msg: string };

/** Remembers what was logged. */
export function makeMemoryLog(): { log: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const note = (level: string) => (facts: object, msg: string) => {
    lines.push({ ...facts, level, msg });
  };
  const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
  const log = { level: 'trace', child: () => log, ...Object.fromEntries(levels.map((level) => [level, note(level)])) };
  return { log: log as unknown as Logger, lines };
}

function makeTinySchema(gate: Gate): GraphQLSchema {
  const nest: GraphQLObjectType = new GraphQLObjectType({
    name: 'Nest',
    fields: () => ({ nest: { type: nest, resolve: () => ({}) }, leaf: { type: GraphQLString, resolve: () => 'leaf' } }),
  });
  const breaking = (make: () => unknown) => ({
    type: GraphQLString,
    resolve: () => {
      throw make();
    },
  });
  const query = new GraphQLObjectType({
    name: 'Query',
    fields: {
      hello: { type: GraphQLString, resolve: () => 'world' },
      double: {
        type: new GraphQLNonNull(GraphQLInt),
        args: { number: { type: new GraphQLNonNull(GraphQLInt) } },
        resolve: (_, { number }: { number: number }) => number * 2,
      },
      nest: { type: nest, resolve: () => ({}) },
      slow: {
        type: GraphQLString,
        resolve: async () => {
          gate.enter();
          await gate.opened;
          return 'late';
        },
      },
      bug: breaking(() => new Error('connect ECONNREFUSED mysql://root:hunter2@10.0.0.1')),
      tea: breaking(() => new OutOfTeaError('There is no tea left', { facts: { retryAfterMs: 1500, cups: 0 } })),
      refused: breaking(() => new GraphQLError('No.', { extensions: { code: 'REFUSED' } })),
    },
  });
  const mutation = new GraphQLObjectType({
    name: 'Mutation',
    fields: { brew: { type: GraphQLString, resolve: () => 'brewed' } },
  });
  const subscription = new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      tide: {
        type: GraphQLString,
        resolve: (tide) => tide,
        async *subscribe() {
          gate.enter();
          await gate.opened;
          yield 'high';
        },
      },
      tides: {
        type: GraphQLString,
        args: { text: { type: new GraphQLNonNull(GraphQLString) } },
        resolve: (tide) => tide,
        async *subscribe(_, { text }: { text: string }) {
          for (;;) yield text;
        },
      },
    },
  });
  return new GraphQLSchema({ query, mutation, subscription });
}

type Overrides = Partial<GraphqlServerOptions> &
  Partial<Omit<HttpServerOptions, 'app'>> & { health?: ServedApp['health']; served?: ServedMetrics };

/** A real HTTP server with a schema of a few fields. The caller stops it. */
export async function startTinyServer(overrides: Overrides = {}) {
  const gate = makeGate();
  const { log, lines } = makeMemoryLog();
  const graphql = createGraphqlServer({
    schema: makeTinySchema(gate),
    consistency: {
      onContextBuilding({ context }) {
        if (context.request.headers.get('x-consistency-level') === 'bogus') {
          throw new BadConsistencyRequestError('x-consistency-level is not a level');
        }
        recordDecision(context.request, {
          node: 'replica-1',
          role: 'REPLICA',
          reason: 'replica-caught-up',
          waitedMs: 0,
        });
      },
    },
    clusterEvents: new ClusterEventFeed(new ClusterEvents({ clock: systemClock, log })),
    routingLog: null,
    jobs: noJobs,
    orderChanges: new OrderChanges(null),
    corsOrigins: ['https://shop.example.com', 'https://admin.example.com'],
    corsHeaders: ['authorization'],
    maxBodyBytes: 262_144,
    requestTimeoutMs: 15_000,
    introspection: true,
    limits: { maxDepth: 12, maxAliases: 15, maxDirectives: 5, maxTokens: 1500, maxCost: 5000 },
    streams: { beatMs: 15_000, maxAgeMs: 3_600_000 },
    clock: systemClock,
    random: Math.random,
    log,
    metrics: overrides.served ?? unmeasured,
    cluster: () => ({ ...clusterHealth([], 0), epoch: null, redis: null, mirror: async () => null }),
    ...overrides,
  });
  const server = await startHttpServer({
    host: '127.0.0.1',
    reach: { ...reachableHere, corsOrigins: ['https://shop.example.com'] },
    port: 0,
    orNextPort: false,
    shutdownGraceMs: 5000,
    app: { graphql, health: overrides.health ?? (() => clusterHealth([], 0)), metrics: overrides.served ?? null },
    graphiql: true,
    clock: systemClock,
    log,
    ...overrides,
  });
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { server, gate, lines, post, url: `${server.url}/graphql` };
}
