/** The composition root: the only place where parts are wired together. Opens nothing before `start`. */
import { randomBytes } from 'node:crypto';
import type { MayAnswer } from '../cache/may-answer.ts';
import { type ClusterHealth, clusterHealth, withProblems } from '../cluster/cluster-health.ts';
import { SharedStatuses } from '../cluster/shared-statuses.ts';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/config-fault.ts';
import { currentEpoch } from '../consistency/epoch.ts';
import { ClusterEventFeed } from '../graphql/cluster/cluster-event-feed.ts';
import { useConsistency } from '../graphql/consistency/use-consistency.ts';
import { schema } from '../graphql/schema.ts';
import { createGraphqlServer, type GraphqlHandler } from '../graphql/yoga.ts';
import { PrometheusMetrics } from '../http/prometheus.ts';
import { measureMirror } from '../mirror/mirror-metrics.ts';
import { viewFromOutbox } from '../mirror/mirror-view.ts';
import { KeyPurge } from '../orders/key-purge.ts';
import { cursorToken } from '../orders/order-cursor.ts';
import { Outbox } from '../outbox/outbox.ts';
import { measureOutbox } from '../outbox/outbox-metrics.ts';
import { systemClock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import { unmeasured } from '../platform/metrics.ts';
import { RoutingLog } from '../routing/routing-log.ts';
import { openBackground } from './open-background.ts';
import { type AppSwitches, openDatabase } from './open-database.ts';
import { openIdentity } from './open-identity.ts';
import { openMirror } from './open-mirror.ts';
import { openCache, openRedis } from './open-redis.ts';
import { openTokens } from './open-tokens.ts';

export type App = {
  readonly graphql: GraphqlHandler;
  /** Probes every node once. Resolves even if servers are down: the process serves what it can. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Ends subscriptions, which would not end by themselves. */
  endStreams(): void;
  /** The known state of the servers. */
  health(): ClusterHealth;
  /** `null` if nothing is to be measured. */
  readonly metrics: PrometheusMetrics | null;
};

/** Replaced by tests with a wrong rule, to see that they notice. */
export type AppRules = { readonly mayAnswer?: MayAnswer };

export function createApp(config: Config, log: Logger, { mayAnswer, ...switches }: AppSwitches & AppRules = {}): App {
  const clock = systemClock;
  const metrics = config.http.metrics ? new PrometheusMetrics({ clock, runtime: true }) : null;
  const redis = openRedis(config);
  const database = openDatabase(config, log, {
    ...switches,
    ...(metrics && { metrics }),
  });
  const cache = redis && openCache(config, { redis, database, ...(mayAnswer && { rule: mayAnswer }) });
  const { cluster } = database;
  const mirror = config.mirror.worker === 'off' ? null : openMirror(config, database, log);
  const isMirrored = config.cluster.nodes.some(({ role }) => role === 'backup');
  const outbox = isMirrored ? new Outbox(database.onSource) : null;
  if (outbox !== null) measureOutbox(outbox, database.metrics);
  if (mirror !== null) measureMirror(() => mirror.state, database.metrics);
  const elsewhere = outbox === null ? null : viewFromOutbox(outbox, clock);
  const tokens = openTokens(config, database);
  const health = () => withProblems(clusterHealth(cluster.snapshot(), clock.monotonic()), identity.problems());
  const { statusTtlMs: ttlMs } = config.redis;
  const statuses = redis && new SharedStatuses({ redis, cluster, clock, random: Math.random, ttlMs });
  const clusterEvents = new ClusterEventFeed(cluster.events);
  const keepMs = config.idempotency.ttlMs;
  const { onSource } = database;
  const purge = keepMs === null ? null : new KeyPurge({ onSource, keepMs, clock, random: Math.random, log });
  const background = openBackground(config, { redis, database, tokens, log, ...(metrics && { metrics }) });
  const identity = openIdentity(config, { database, redis, background, log });
  const routingLog = config.page.routingLog === 0 ? null : new RoutingLog(config.page.routingLog);
  const graphql = createGraphqlServer({
    schema,
    cluster: () => ({
      ...health(),
      epoch: currentEpoch(database.epochs),
      redis: statuses && { trouble: statuses.trouble },
      mirror: async () => mirror?.state ?? elsewhere?.() ?? null,
    }),
    clusterEvents,
    routingLog,
    jobs: background.jobs,
    orderChanges: background.orderChanges,
    consistency: useConsistency({
      database,
      cache,
      tokens,
      clusterId: config.cluster.id,
      defaults: config.consistency,
      cookieMaxAgeS: config.tokens.cookieMaxAgeS,
      identity: () => identity.cluster(),
      cursorToken,
      clock,
      randomBytes,
    }),
    corsOrigins: config.http.corsOrigins,
    corsHeaders: config.http.corsHeaders,
    maxBodyBytes: config.http.maxBodyBytes,
    requestTimeoutMs: config.http.requestTimeoutMs,
    introspection: config.graphql.introspection,
    limits: config.graphql,
    streams: config.http.streams,
    clock,
    random: Math.random,
    log,
    metrics: metrics ?? unmeasured,
  });
  return {
    graphql,
    metrics,
    start: async () => {
      await statuses?.start();
      if (redis?.unusable) {
        await statuses?.stop();
        throw new ConfigError([{ name: 'REDIS_URL', fault: `names a Redis that ${redis.unusable}` }]);
      }
      identity.watch();
      await database.start();
      await identity.start();
      mirror?.start();
      purge?.start();
      if (config.jobs.workers === 'on') background.startWorkers();
    },
    stop: async () => {
      await identity.stop();
      await background.stop();
      await purge?.stop();
      await mirror?.stop();
      await cache?.close();
      await statuses?.stop();
      await database.stop();
    },
    endStreams: () => {
      clusterEvents.close();
      background.endStreams();
      routingLog?.close();
    },
    health,
  };
}
