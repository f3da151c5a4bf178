// `npm run worker`: does background work in a process of its own. Several may run.
import { openBackground } from '../app/open-background.ts';
import { openDatabase } from '../app/open-database.ts';
import { openIdentity } from '../app/open-identity.ts';
import { openCache, openRedis } from '../app/open-redis.ts';
import { openTokens } from '../app/open-tokens.ts';
import { describeStatus, writableSource } from '../cluster/cluster-snapshot.ts';
import type { Config } from '../config/config.ts';
import type { OrdersDatabase } from '../database/orders/orders-client.ts';
import type { Readiness } from '../http/watch-server.ts';
import { giveWay } from '../platform/give-way.ts';
import { clusterConfig } from './cluster-config.ts';
import { entry, print } from './entry.ts';
import { parseNoOptions } from './parse-options.ts';
import { UsageError } from './usage-error.ts';
import { runWatched, type Working } from './watched-process.ts';

const usage = `Usage: npm run worker

Works on background jobs until Ctrl-C, for the servers of the environment or of the local cluster that runs: rechecks
orders with the payment provider, and pulls new ones. Needs REDIS_URL and PAYMENTS_URL. What is in hand when it is
stopped is finished, or goes back to the queue after JOB_GRACE_MS. Set JOBS=off for API processes that are not to work
as well; it does no harm if they do. Its priority is below normal, and so is that of its session when it leads one.
With WORKER_PORT it answers /livez, /readyz and /metrics there.
`;

async function run({ help }: { readonly help: boolean }): Promise<number> {
  if (help) return print(usage);
  const config = await clusterConfig();
  if (config.redis.url === null) throw new UsageError('Jobs are kept in Redis. Set REDIS_URL');
  if (config.payments.url === null) throw new UsageError('There is no payment provider to ask. Set PAYMENTS_URL');
  await giveWay();
  return runWatched(config, {
    port: config.jobs.port,
    setting: 'WORKER_PORT',
    start: (working) => startWorking(config, working),
  });
}

async function startWorking(config: Config, { log, lifecycle, metrics }: Working) {
  const measured = { ...(metrics && { metrics }) };
  const redis = openRedis(config);
  const cache = redis && openCache(config, redis, measured);
  // What API processes have cached must not outlive what jobs write.
  const onWrote = { ...(cache && { onWrote: cache.wrote.bind(cache) }) };
  const database = openDatabase(config, log, { ...measured, ...onWrote });
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
  const { concurrency } = config.jobs;
  return {
    readiness: () => readinessOf(background.jobs.trouble, database),
    begun: () => log.info({ concurrency }, 'working'),
  };
}

/** Ready is a worker that can take orders from the queue and change them. Whether the provider answers it learns by its work. */
function readinessOf(trouble: string | null, { cluster }: OrdersDatabase): Readiness {
  const snapshot = cluster.snapshot();
  const ready = trouble === null && writableSource(snapshot) !== undefined;
  return { ready, facts: { trouble }, servers: { nodes: snapshot.map(describeStatus) } };
}

await entry(parseNoOptions, run);
// What Redis or a server still holds open is no reason to stay.
process.exit();
