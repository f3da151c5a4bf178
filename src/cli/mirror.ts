// `npm run mirror`: carries orders to the backup in a process of its own. Several may run.
import { openDatabase, openMirror } from '../app.ts';
import { backups, describeStatus, isSeen, writableSource } from '../cluster/cluster-snapshot.ts';
import type { Config } from '../config/config.ts';
import type { OrdersDatabase } from '../database/orders/orders-client.ts';
import { PrometheusMetrics } from '../http/prometheus.ts';
import { startWatchServer, type WatchServer } from '../http/watch-server.ts';
import type { Mirror } from '../mirror/mirror.ts';
import { measureMirror } from '../mirror/mirror-metrics.ts';
import { Outbox } from '../outbox/outbox.ts';
import { measureOutbox } from '../outbox/outbox-metrics.ts';
import { systemClock } from '../platform/clock.ts';
import { Lifecycle } from '../platform/lifecycle.ts';
import { createLog, type Logger } from '../platform/log.ts';
import { measureLog } from '../platform/log-metrics.ts';
import { UsageError } from './arguments.ts';
import { clusterConfig } from './cluster-config.ts';
import { watchForTheEnd } from './ending.ts';
import { explainFailure } from './explain-failure.ts';

const usage = `Usage: npm run mirror

Carries what changes on the source to the backup until Ctrl-C, for the servers of the environment or of the local cluster
that runs. Set MIRROR_WORKER=off for API processes that are not to do it as well; it does no harm if they do.
With MIRROR_PORT it answers /livez, /readyz and /metrics there.
`;

const stopWithinMs = 15_000;

async function run(argv: readonly string[]): Promise<number> {
  if (argv.length > 0) {
    if (argv[0] !== '--help') throw new UsageError('It takes no options. Try --help.');
    process.stdout.write(usage);
    return 0;
  }
  const config = await clusterConfig();
  const log = createLog(config.log);
  const ending = watchForTheEnd(log);
  const lifecycle = new Lifecycle(systemClock, log);
  const metrics = config.http.metrics && config.mirror.port !== null ? newMetrics() : null;
  const database = openDatabase(config, log, { ...(metrics !== null && { metrics }) });
  const mirror = openMirror(config, database, log);
  if (mirror === null) throw new UsageError('No backup is configured. Set BACKUP_URL');
  await lifecycle.start({ name: 'servers', start: () => database.start(), stop: () => database.stop() });
  await lifecycle.start({ name: 'mirror', start: () => mirror.start(), stop: () => mirror.stop(), stopWithinMs });
  if (metrics !== null) {
    measureLog(log, metrics);
    measureOutbox(new Outbox(database.onSource), database.metrics);
    measureMirror(() => mirror.state, database.metrics);
  }
  let watched: WatchServer | null = null;
  await lifecycle.start({
    name: 'watch',
    start: async () => {
      watched = await startWatching(config, { mirror, database, metrics, log });
      if (watched !== null) log.info({ url: watched.url }, 'shows how it is');
    },
    stop: () => watched?.stop(),
  });
  log.info('mirroring');
  await ending.reached;
  await lifecycle.stop();
  log.info('stopped');
  await log.close();
  return ending.exitCode();
}

const newMetrics = () => new PrometheusMetrics({ clock: systemClock, runtime: true });

type Watched = {
  readonly mirror: Mirror;
  readonly database: OrdersDatabase;
  readonly metrics: PrometheusMetrics | null;
  readonly log: Logger;
};

/** Ready is a mirror that can bring changes to the backup, however many wait. One that has nothing to do meets no trouble. */
async function startWatching(
  { http, environment, mirror: { port } }: Config,
  { mirror, database, metrics, log }: Watched,
): Promise<WatchServer | null> {
  if (port === null) return null;
  const readiness = () => {
    const { turn, depth, trouble } = mirror.state;
    const snapshot = database.cluster.snapshot();
    const there = backups(snapshot).some(isSeen) && writableSource(snapshot) !== undefined;
    const nodes = snapshot.map(describeStatus);
    // What went wrong may name the server with which it did.
    return {
      ready: there && trouble === null && turn !== null,
      facts: { turn, ...depth },
      servers: { trouble, nodes },
    };
  };
  const reach = { ...http, production: environment === 'production' };
  const { host } = http;
  return startWatchServer({ host, port, setting: 'MIRROR_PORT', reach, readiness, metrics, clock: systemClock, log });
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const { text, exitCode } = explainFailure(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = exitCode;
}
