// `npm run worker`: does background work in a process of its own. Several may run.
import { openBackground, openCache, openDatabase, openIdentity, openRedis, openTokens } from '../app.ts';
import { describeStatus, writableSource } from '../cluster/cluster-snapshot.ts';
import type { Config } from '../config/config.ts';
import type { OrdersDatabase } from '../database/orders/orders-client.ts';
import { PrometheusMetrics } from '../http/prometheus.ts';
import { startWatchServer, type WatchServer } from '../http/watch-server.ts';
import { systemClock } from '../platform/clock.ts';
import { giveWay } from '../platform/give-way.ts';
import { Lifecycle } from '../platform/lifecycle.ts';
import { createLog, type Logger } from '../platform/log.ts';
import { measureLog } from '../platform/log-metrics.ts';
import { UsageError } from './arguments.ts';
import { clusterConfig } from './cluster-config.ts';
import { watchForTheEnd } from './ending.ts';
import { explainFailure } from './explain-failure.ts';

const usage = `Usage: npm run worker

Works on background jobs until Ctrl-C, for the servers of the environment or of the local cluster that runs: rechecks
orders with the payment provider, and pulls new ones. Needs REDIS_URL and PAYMENTS_URL. What is in hand when it is
stopped is finished, or goes back to the queue after JOB_GRACE_MS. Set JOBS=off for API processes that are not to work
as well; it does no harm if they do. Its priority is below normal, and so is that of its session when it leads one.
With WORKER_PORT it answers /livez, /readyz and /metrics there.
`;

async function run(argv: readonly string[]): Promise<number> {
  if (argv.length > 0) {
    if (argv[0] !== '--help') throw new UsageError('It takes no options. Try --help.');
    process.stdout.write(usage);
    return 0;
  }
  const config = await clusterConfig();
  if (config.redisUrl === null) throw new UsageError('Jobs are kept in Redis. Set REDIS_URL');
  if (config.payments.url === null) throw new UsageError('There is no payment provider to ask. Set PAYMENTS_URL');
  await giveWay();
  const log = createLog(config.log);
  const ending = watchForTheEnd(log);
  const lifecycle = new Lifecycle(systemClock, log);
  const metrics =
    config.http.metrics && config.jobs.port !== null
      ? new PrometheusMetrics({ clock: systemClock, runtime: true })
      : null;
  const measured = { ...(metrics && { metrics }) };
  const redis = openRedis(config);
  const cache = redis && openCache(config, redis, measured);
  // What API processes have cached must not outlive what jobs write.
  const onWrote = { ...(cache && { onWrote: cache.wrote.bind(cache) }) };
  const database = openDatabase(config, log, { ...measured, ...onWrote });
  if (metrics !== null) measureLog(log, metrics);
  const tokens = openTokens(config, database);
  const background = openBackground(config, { redis, database, tokens, log, ...measured });
  const closeCache = async () => {
    await cache?.close();
    await redis?.close();
  };
  const reachRedis = async () => {
    await redis?.start();
    if (redis?.unusable) throw new UsageError(`REDIS_URL: names a Redis that ${redis.unusable}`);
  };
  await lifecycle.start({ name: 'cache', start: reachRedis, stop: closeCache });
  await lifecycle.start({ name: 'servers', start: () => database.start(), stop: () => database.stop() });
  const identity = openIdentity(config, { database, redis, background, log });
  identity.watch();
  await lifecycle.start({ name: 'identity', start: () => identity.start(), stop: () => identity.stop() });
  const start = () => {
    background.startWorkers();
  };
  const stopWithinMs = config.jobs.graceMs + 10_000;
  await lifecycle.start({ name: 'jobs', start, stop: () => background.stop(), stopWithinMs });
  let watched: WatchServer | null = null;
  await lifecycle.start({
    name: 'watch',
    start: async () => {
      watched = await startWatching(config, { trouble: () => background.jobs.trouble, database, metrics, log });
      if (watched !== null) log.info({ url: watched.url }, 'shows how it is');
    },
    stop: () => watched?.stop(),
  });
  log.info({ concurrency: config.jobs.concurrency }, 'working');
  await ending.reached;
  await lifecycle.stop();
  log.info('stopped');
  await log.close();
  return ending.exitCode();
}

type Watched = {
  /** Why jobs cannot be reached now; `null` when they can. */
  readonly trouble: () => string | null;
  readonly database: OrdersDatabase;
  readonly metrics: PrometheusMetrics | null;
  readonly log: Logger;
};

/** Ready is a worker that can take orders from the queue and change them. Whether the provider answers it learns by its work. */
async function startWatching(
  { http, environment, jobs: { port } }: Config,
  { trouble: troubleOf, database, metrics, log }: Watched,
): Promise<WatchServer | null> {
  if (port === null) return null;
  const readiness = () => {
    const trouble = troubleOf();
    const snapshot = database.cluster.snapshot();
    const ready = trouble === null && writableSource(snapshot) !== undefined;
    return { ready, facts: { trouble }, servers: { nodes: snapshot.map(describeStatus) } };
  };
  const reach = { ...http, production: environment === 'production' };
  const { host } = http;
  return startWatchServer({ host, port, setting: 'WORKER_PORT', reach, readiness, metrics, clock: systemClock, log });
}

try {
  process.exit(await run(process.argv.slice(2)));
} catch (error) {
  const { text, exitCode } = explainFailure(error);
  process.stderr.write(`${text}\n`);
  process.exit(exitCode);
}
