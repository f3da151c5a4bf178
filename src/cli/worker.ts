// `npm run worker`: runs background jobs in a process of its own. Several may run.
import { openBackground } from '../app/open-background.ts';
import { openDatabase } from '../app/open-database.ts';
import { openIdentity } from '../app/open-identity.ts';
import { openCache, openRedis } from '../app/open-redis.ts';
import { openTokens } from '../app/open-tokens.ts';
import { describeStatus, writableSource } from '../cluster/cluster-snapshot.ts';
import type { Config } from '../config/config.ts';
import type { OrdersDatabase } from '../database/orders/orders-client.ts';
import type { Readiness } from '../http/watch-server.ts';
import { commandLine } from '../platform/command-line.ts';
import { giveWay } from '../platform/give-way.ts';
import { clusterConfig } from './cluster-config.ts';
import { entry, print } from './entry.ts';
import { parseNoOptions } from './parse-options.ts';
import { UsageError } from './usage-error.ts';
import { runWatched, type Working } from './watched-process.ts';

const usage = `Usage: ${commandLine('worker')}

Runs background jobs until Ctrl-C, for the servers of the environment or of the running local cluster: rechecks
orders with the payment provider, and pulls new ones. Needs REDIS_URL and PAYMENTS_URL. When stopped, it finishes the
tasks in progress, or returns them to the queue after JOB_GRACE_MS. API processes run
jobs too, unless JOBS=off; both together do no harm. It runs at low priority, and so does its session if it leads one.
WORKER_PORT serves /livez, /readyz and /metrics.
`;

async function run({ help }: { readonly help: boolean }): Promise<number> {
  if (help) return print(usage);
  const config = await clusterConfig();
  if (config.redis.url === null) throw new UsageError('Background jobs need Redis. Set REDIS_URL');
  if (config.payments.url === null) throw new UsageError('No payment provider is configured. Set PAYMENTS_URL');
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
  const database = openDatabase(config, log, measured);
  // What API processes have cached must not outlive writes by jobs.
  const cache = redis && openCache(config, { redis, database });
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

/** Ready means able to take tasks from the queue and to write. Whether the provider answers shows only in the work. */
function readinessOf(trouble: string | null, { cluster }: OrdersDatabase): Readiness {
  const snapshot = cluster.snapshot();
  const ready = trouble === null && writableSource(snapshot) !== undefined;
  return { ready, facts: { trouble }, servers: { nodes: snapshot.map(describeStatus) } };
}

await entry(parseNoOptions, run);
// Handles that Redis or a server still holds open must not delay the exit.
process.exit();
