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
  /** What is known of the servers now. */
  readonly cluster: () => ClusterState;
  /** What subscriptions read from. */
  readonly clusterEvents: ClusterEventFeed;
  /** Where routed operations are noted; `null` when they are not. */
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

/** Answers one HTTP request. Rejects only when nothing could be answered. */
export type GraphqlHandler = (request: IncomingMessage, response: ServerResponse, caller: Caller) => Promise<void>;

/** The GraphQL endpoint, for any path that the HTTP server gives it. */
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
    // useCors answers browsers that ask.
    cors: false,
    maskedErrors: { maskError: toGraphqlError },
    // useRequestParams reads and limits the body.
    maxRequestBodySize: false,
    // useDocumentCache keeps them.
    parserAndValidationCache: false,
    plugins: [
      // Who asks, and what there is to ask beside the tables: servers, what happens to them, background work.
      useOperationContext({ cluster, clusterEvents, routingLog, jobs, orderChanges }),
      ...inOne([
        // An id for every request, in and out.
        useRequestId(clock),
        // What pages of other origins may do.
        useCors(options.corsOrigins, options.corsHeaders),
        // No answer to something wrong is longer than what was wrong.
        useBoundedErrors(options.introspection),
        // One log line per request, with what the plugins below found out.
        useAccessLog(clock, log),
        // The same as numbers.
        useMetrics(clock, metrics),
        // The same for whoever wants to see who answered whom, and why.
        useRoutingLog(clock, routingLog),
        // JSON only, and not too much of it.
        useRequestParams(options.maxBodyBytes),
        // What was parsed and found valid before.
        useDocumentCache(),
        // The schema is a secret or it is not.
        useIntrospectionSwitch(options.introspection),
        // Aliases, depth, directives, tokens.
        useLimits(options.limits),
        // Variables that fit, and rows.
        useCostLimit(options.limits),
        // No operation outlives the request deadline.
        useDeadline(clock, options.requestTimeoutMs),
        // What is heavy waits for its turn. Within the session: what is answered from the cache, or waits for a replica, takes none.
        useHeavyTurns(),
        // Token in, session, node, token out.
        options.consistency,
        // Who may open a stream, and how many.
        useStreamRules(),
        // Each of their events when it is its turn.
        useEventTurns(shortFirst.standBack),
        // Answers that go on.
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

/** Yoga says nothing more where the client accepts no form of answer that there is. */
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
