/** The composition root: the only place where parts are joined. Opens nothing until `start`. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { MayAnswer } from './cache/may-answer.ts';
import { ReadCache } from './cache/read-cache.ts';
import { type ClusterHealth, clusterHealth, withProblems } from './cluster/cluster-health.ts';
import { clusterPrefix } from './cluster/cluster-identity.ts';
import { writableSource } from './cluster/cluster-snapshot.ts';
import { longestCommitIn } from './cluster/commit-patience.ts';
import type { NodeRole } from './cluster/node.ts';
import { redisProblems, sharingProblems } from './cluster/redis-problems.ts';
import { RollCall } from './cluster/roll-call.ts';
import { seenFlavour } from './cluster/seen-flavour.ts';
import { SharedStatuses } from './cluster/shared-statuses.ts';
import type { Config } from './config/config.ts';
import { ConfigError } from './config/config-fault.ts';
import { currentEpoch } from './consistency/epoch.ts';
import { TokenCodec } from './consistency/token-codec.ts';
import { TokenKeyring } from './consistency/token-keyring.ts';
import { shortenBy } from './database/engine/shorten-by.ts';
import { countTokens } from './database/engine/token-metrics.ts';
import { migrate } from './database/migrations/migrate.ts';
import { IdentityWatch } from './database/nodes/identity-watch.ts';
import { type OrdersDatabase, openOrdersDatabase, ordersName } from './database/orders/orders-client.ts';
import { ClusterEventFeed } from './graphql/cluster/cluster-event-feed.ts';
import { useConsistency } from './graphql/consistency/use-consistency.ts';
import { schema } from './graphql/schema.ts';
import { createGraphqlServer, type GraphqlHandler } from './graphql/yoga.ts';
import { PrometheusMetrics } from './http/prometheus.ts';
import { BackgroundWork } from './jobs/background-work.ts';
import { Mirror } from './mirror/mirror.ts';
import { measureMirror } from './mirror/mirror-metrics.ts';
import { viewFromOutbox } from './mirror/mirror-view.ts';
import { KeyPurge } from './orders/key-purge.ts';
import { mirroredOrders } from './orders/mirrored-orders.ts';
import { cursorToken } from './orders/order-cursor.ts';
import { servedOrders } from './orders/served-tables.ts';
import { Outbox } from './outbox/outbox.ts';
import { measureOutbox } from './outbox/outbox-metrics.ts';
import { systemClock } from './platform/clock.ts';
import { LabelledMetrics } from './platform/labelled-metrics.ts';
import type { Logger } from './platform/log.ts';
import { type Metrics, unmeasured } from './platform/metrics.ts';
import { Redis } from './platform/redis.ts';
import { RoutingLog } from './routing/routing-log.ts';
import { positions } from './servers/flavours.ts';

export type App = {
  readonly graphql: GraphqlHandler;
  /** Looks at every node once. Resolves also when servers are down: the process serves what it can. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Ends what would not end by itself: subscriptions. */
  endStreams(): void;
  /** What is known of the servers now. */
  health(): ClusterHealth;
  /** `null` when nothing is to be measured. */
  readonly metrics: PrometheusMetrics | null;
};

/** A node that is down is looked at more often than one that is well, so that it is back soon after its return. */
const downIntervalMs = 250;
/** How long one wait for a position blocks in a server before it is looked at again. */
const waitSliceMs = 25;
const maxWaitersPerNode = 10_000;

const roles: Readonly<Record<Config['cluster']['nodes'][number]['role'], NodeRole>> = {
  source: 'SOURCE',
  replica: 'REPLICA',
  backup: 'BACKUP',
};

/** What benchmarks switch off to measure its cost. */
export type AppSwitches = {
  readonly learnPositions?: boolean;
  readonly proveCommits?: boolean;
  readonly mirroring?: boolean;
};
/** What tests put in the place of a rule, to see that they notice. */
export type AppRules = { readonly mayAnswer?: MayAnswer };

export function createApp(config: Config, log: Logger, { mayAnswer, ...switches }: AppSwitches & AppRules = {}): App {
  const clock = systemClock;
  const metrics = config.http.metrics ? new PrometheusMetrics({ clock, runtime: true }) : null;
  const redis = openRedis(config);
  const cache =
    redis && openCache(config, redis, { metrics: metrics ?? unmeasured, ...(mayAnswer && { rule: mayAnswer }) });
  const database = openDatabase(config, log, {
    ...switches,
    ...(metrics && { metrics }),
    onAppended: () => mirror?.wake(),
    ...(cache && { onWrote: cache.wrote.bind(cache) }),
  });
  const { cluster } = database;
  const mirror = config.mirror.worker === 'off' ? null : openMirror(config, database, log);
  const isMirrored = config.cluster.nodes.some(({ role }) => role === 'backup');
  const outbox = isMirrored ? new Outbox(database.onSource) : null;
  if (outbox !== null) measureOutbox(outbox, database.metrics);
  if (mirror !== null) measureMirror(() => mirror.state, database.metrics);
  const elsewhere = outbox === null ? null : viewFromOutbox(outbox, clock);
  const tokens = openTokens(config, database);
  const health = () =>
    withProblems(clusterHealth(cluster.snapshot(), clock.monotonic()), [
      ...redisProblems(redis?.trouble ?? null),
      ...identity.problems(),
    ]);
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
      announce: (change, epoch) => background.announce(change, epoch),
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

/** What the processes of the cluster share, `null` without it. The statuses open and close it. */
export function openRedis({ redis: { target, timeoutMs } }: Config): Redis | null {
  return target === null
    ? null
    : new Redis({ target, prefix: null, timeoutMs, clock: systemClock, random: Math.random });
}

/** Which cluster this is, and who shares Redis with it: what it tells opens Redis and the queues. */
export function openIdentity(
  { redis: { prefix }, cluster: { id } }: Config,
  given: { database: OrdersDatabase; redis: Redis | null; background: BackgroundWork; log: Logger },
) {
  const { database, redis, background, log } = given;
  const shared = { clock: systemClock, random: Math.random, log };
  const sourceOf = () => writableSource(database.cluster.snapshot())?.report?.identity ?? null;
  const rollCall =
    redis && new RollCall({ ...shared, redis, prefix, here: () => ({ cluster: watch.cluster, source: sourceOf() }) });
  const watch = new IdentityWatch({
    ...shared,
    database,
    randomBytes,
    onKnown: async (cluster) => {
      const own = clusterPrefix(prefix, cluster);
      await Promise.all([redis?.identify(own), background.identify(own)]);
    },
  });
  return {
    cluster: () => watch.cluster,
    problems: () => (rollCall === null ? [] : sharingProblems(rollCall.others, id)),
    /** Before the servers are looked at: what the first of them says may spare looking at another that is down. */
    watch: () => watch.watch(),
    /** Afterwards. Resolves when it is known, or soon. */
    start: async () => {
      await watch.start();
      await rollCall?.start();
    },
    stop: async () => {
      await rollCall?.stop();
      await watch.stop();
    },
  };
}

/** `null` when nothing is to be cached. Whoever writes has one, also to tell the others. */
export function openCache(
  { redis: { cacheTtlMs: ttlMs } }: Config,
  redis: Redis,
  { metrics = unmeasured, rule }: { metrics?: Metrics; rule?: MayAnswer } = {},
): ReadCache | null {
  const measured = new LabelledMetrics(metrics, { database: ordersName });
  if (ttlMs === 0) return null;
  return new ReadCache({ redis, positions, clock: systemClock, ttlMs, metrics: measured, ...(rule && { rule }) });
}

/** The engine alone, set up as the API sets it up. `onAppended` is called when it has written something for the backup. */
export function openDatabase(
  config: Config,
  log: Logger,
  {
    mirroring = true,
    onAppended,
    ...given
  }: AppSwitches &
    Partial<Pick<Parameters<typeof openOrdersDatabase>[0], 'metrics' | 'onWrote'>> & {
      readonly onAppended?: () => void;
    } = {},
): OrdersDatabase {
  const { monitor } = config;
  const hasBackup = config.cluster.nodes.some(({ role }) => role === 'backup');
  return openOrdersDatabase({
    nodes: config.cluster.nodes.map(({ role, ...node }) => ({ ...node, configuredRole: roles[role] })),
    clock: systemClock,
    random: Math.random,
    log,
    ...given,
    ...(mirroring && hasBackup && { mirroring: { mirrored: mirroredOrders, onAppended } }),
    pool: { ...config.pools, longestCommitMs: longestCommitIn(config.http.requestTimeoutMs) },
    transactionTimeoutMs: config.pools.statementTimeoutMs,
    serves: servedOrders({ hasBackup }),
    sourceReadsLimit: config.consistency.sourceReadsLimit,
    backupReads: config.consistency.backupReads,
    nodePatienceMs: monitor.patienceMs,
    health: monitor,
    monitor: {
      ...monitor,
      downIntervalMs: monitor.intervalMs === 'off' ? downIntervalMs : Math.min(downIntervalMs, monitor.intervalMs),
    },
    tracker: { sliceMs: waitSliceMs, maxWaiters: maxWaitersPerNode },
  });
}

export function openTokens(config: Config, database: OrdersDatabase): TokenCodec {
  const { cluster } = database;
  return new TokenCodec({
    keyring: new TokenKeyring(config.tokens.keys),
    positions,
    clusterId: config.cluster.id,
    flavour: () => seenFlavour(cluster.snapshot()),
    shorten: shortenBy(database),
    onIssued: countTokens(database.metrics),
  });
}

/** Background work and the news of changed orders, for API processes and workers alike. */
export function openBackground(
  config: Config,
  given: { redis: Redis | null; database: OrdersDatabase; tokens: TokenCodec; log: Logger; metrics?: Metrics },
): BackgroundWork {
  return new BackgroundWork({
    ...config,
    ...given,
    target: config.redis.target,
    clusterId: config.cluster.id,
    clock: systemClock,
    random: Math.random,
    randomBytes,
  });
}

const backupMigrations = fileURLToPath(new URL('../prisma/backup/migrations', import.meta.url));

/** What carries orders to the backup, `null` without one. Follows the source as `database` sees it. */
export function openMirror(config: Config, database: OrdersDatabase, log: Logger): Mirror | null {
  const backup = config.cluster.nodes.find(({ role }) => role === 'backup');
  if (backup === undefined) return null;
  const { cluster } = database;
  const { backupMigrationUrl: url } = config.cluster;
  const { compareIntervalMs: checkIntervalMs } = config.mirror;
  return new Mirror({
    models: mirroredOrders,
    source: () => {
      const source = writableSource(cluster.snapshot())?.node.name;
      return config.cluster.nodes.find(({ name }) => name === source) ?? null;
    },
    backup,
    workerName: `${hostname().slice(0, 30)}-${process.pid}-${randomBytes(4).toString('hex')}`,
    prepareBackup:
      url === null
        ? null
        : async () => {
            await migrate({ url, directory: backupMigrations, log: (line) => log.info(line) });
          },
    clock: systemClock,
    random: Math.random,
    log,
    limits: { checkIntervalMs },
    onTurn: (turn, { waiting, parked, oldestAgeMs }) =>
      cluster.events.publish({
        name: turn === 'BEHIND' ? 'MIRROR_BEHIND' : 'MIRROR_CAUGHT_UP',
        node: backup.name,
        facts: { waiting, parked, oldestAgeMs },
      }),
  });
}
