import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Jobs } from '../jobs/jobs.ts';
import type { OrderChanges } from '../orders/order-changes.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { ShortFirst } from '../platform/short-first.ts';
import type { RoutingLog } from '../routing/routing-log.ts';
import type { Caller } from './caller.ts';
import type { ClusterEventFeed } from './cluster/cluster-event-feed.ts';
import { compressedAnswer } from './compressed-answer.ts';
import type { ClusterState } from './context.ts';
import { toGraphqlError } from './error-codes.ts';
import { inOne } from './plugins/in-one.ts';
import { useAccessLog } from './plugins/use-access-log.ts';
import { useBoundedErrors } from './plugins/use-bounded-errors.ts';
import { useCors } from './plugins/use-cors.ts';
import { useCostLimit } from './plugins/use-cost-limit.ts';
import { useDeadline } from './plugins/use-deadline.ts';
import { useDocumentCache } from './plugins/use-document-cache.ts';
import { type StreamSettings, useEventStreams } from './plugins/use-event-streams.ts';
import { useEventTurns } from './plugins/use-event-turns.ts';
import { useHeavyTurns } from './plugins/use-heavy-turns.ts';
import { useIntrospectionSwitch } from './plugins/use-introspection-switch.ts';
import { type QueryLimits, useLimits } from './plugins/use-limits.ts';
import { useMetrics } from './plugins/use-metrics.ts';
import { useOperationContext } from './plugins/use-operation-context.ts';
import { useRequestId } from './plugins/use-request-id.ts';
import { useRequestParams, whatIsAnswered } from './plugins/use-request-params.ts';
import { useRoutingLog } from './plugins/use-routing-log.ts';
import { useStreamRules } from './plugins/use-stream-rules.ts';
import type { LongWork } from './request-facts.ts';
import { sendAnswer } from './send-answer.ts';

export type GraphqlServerOptions = {
  readonly schema: GraphQLSchema;
  /** Opens the database session of each operation and carries the token in and out. */
  readonly consistency: Plugin;
  /** The known state of the servers. */
  readonly cluster: () => ClusterState;
  /** The source of subscriptions. */
  readonly clusterEvents: ClusterEventFeed;
  /** Where routed operations are logged; `null` if they are not. */
  readonly routingLog: RoutingLog | null;
  readonly jobs: Jobs;
  readonly orderChanges: OrderChanges;
  readonly corsOrigins: readonly string[];
  readonly corsHeaders: readonly string[];
  readonly maxBodyBytes: number;
  readonly requestTimeoutMs: number;
  readonly introspection: boolean;
  readonly limits: QueryLimits;
  readonly streams: StreamSettings;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
};

type NodeContext = { req: IncomingMessage; res: ServerResponse; caller: Caller; longWork: LongWork };

/** Answers one HTTP request. Rejects only if no response could be sent. */
export type GraphqlHandler = (request: IncomingMessage, response: ServerResponse, caller: Caller) => Promise<void>;

/** The GraphQL endpoint, for any path that the HTTP server assigns to it. */
export function createGraphqlServer(options: GraphqlServerOptions): GraphqlHandler {
  const { clock, log, metrics, cluster, clusterEvents, routingLog, jobs, orderChanges } = options;
  const shortFirst = new ShortFirst(clock);
  const yoga = createYoga<NodeContext>({
    schema: options.schema,
    graphqlEndpoint: '/graphql',
    // The HTTP server serves GraphiQL and health itself; the access log plugin logs.
    graphiql: false,
    landingPage: false,
    logging: false,
    multipart: false,
    batching: false,
    // useCors answers preflights.
    cors: false,
    maskedErrors: { maskError: toGraphqlError },
    // useRequestParams reads and limits the body.
    maxRequestBodySize: false,
    // useDocumentCache caches them.
    parserAndValidationCache: false,
    plugins: [
      // The caller, and what can be queried beside the tables: servers, events, background jobs.
      useOperationContext({ cluster, clusterEvents, routingLog, jobs, orderChanges }),
      ...inOne([
        // An id for every request and response.
        useRequestId(clock),
        // What pages of other origins may do.
        useCors(options.corsOrigins, options.corsHeaders),
        // Bounded errors.
        useBoundedErrors(options.introspection),
        // One log line per request, with what the plugins below found out.
        useAccessLog(clock, log),
        // The same as metrics.
        useMetrics(clock, metrics),
        // The same for the routing log.
        useRoutingLog(clock, routingLog),
        // JSON only, with limits.
        useRequestParams(options.maxBodyBytes),
        // Cached parsing and validation.
        useDocumentCache(),
        // Introspection on or off.
        useIntrospectionSwitch(options.introspection),
        // Limits on aliases, depth, directives and tokens.
        useLimits(options.limits),
        // Limits on variables and rows.
        useCostLimit(options.limits),
        // The request deadline.
        useDeadline(clock, options.requestTimeoutMs),
        // Heavy operations take turns. Inside the session: cache hits and waits for a replica take no turn.
        useHeavyTurns(),
        // Token in, session, node, token out.
        options.consistency,
        // Who may open a stream, and how many.
        useStreamRules(),
        // A turn for each of their events.
        useEventTurns(shortFirst.standBack),
        // Streaming answers.
        useEventStreams(options.streams, options),
      ]),
    ],
  });
  return async (request, response, caller) => {
    const isLong = shortFirst.begin();
    const longWork = { isLong, standBack: shortFirst.standBack };
    const context = { req: request, res: response, caller, longWork };
    try {
      const answer = neverEmpty(await yoga.handleNodeRequestAndResponse(request, response, context));
      isLong();
      const made = compressedAnswer(answer, request);
      await sendAnswer(made instanceof Promise ? await made : made, request, response);
    } finally {
      isLong();
    }
  };
}

/** Yoga sends no body if the client accepts no available form of answer. */
function neverEmpty(answer: Response): Response {
  if (answer.status < 400 || answer.body !== null) return answer;
  const [code, message] =
    answer.status === 406 ? ['NOT_ACCEPTABLE', whatIsAnswered] : ['BAD_REQUEST', answer.statusText];
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  const headers = new Headers(answer.headers);
  headers.set('content-type', 'application/json; charset=utf-8');
  headers.set('content-length', String(Buffer.byteLength(body)));
  return new Response(body, { status: answer.status, statusText: answer.statusText, headers });
}
