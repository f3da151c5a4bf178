// `npm run mirror`: carries orders to the backup in a process of its own. Several may run.
import { openDatabase } from '../app/open-database.ts';
import { openMirror } from '../app/open-mirror.ts';
import { backups, describeStatus, isSeen, writableSource } from '../cluster/cluster-snapshot.ts';
import type { OrdersDatabase } from '../database/orders/orders-client.ts';
import type { Readiness } from '../http/watch-server.ts';
import type { Mirror } from '../mirror/mirror.ts';
import { measureMirror } from '../mirror/mirror-metrics.ts';
import { Outbox } from '../outbox/outbox.ts';
import { measureOutbox } from '../outbox/outbox-metrics.ts';
import { clusterConfig } from './cluster-config.ts';
import { entry, print } from './entry.ts';
import { parseNoOptions } from './parse-options.ts';
import { UsageError } from './usage-error.ts';
import { runWatched } from './watched-process.ts';

const usage = `Usage: npm run mirror

Carries what changes on the source to the backup until Ctrl-C, for the servers of the environment or of the local cluster
that runs. Set MIRROR_WORKER=off for API processes that are not to do it as well; it does no harm if they do.
With MIRROR_PORT it answers /livez, /readyz and /metrics there.
`;

const stopWithinMs = 15_000;

async function run({ help }: { readonly help: boolean }): Promise<number> {
  if (help) return print(usage);
  const config = await clusterConfig();
  return runWatched(config, {
    port: config.mirror.port,
    setting: 'MIRROR_PORT',
    start: async ({ log, lifecycle, metrics }) => {
      const database = openDatabase(config, log, { ...(metrics !== null && { metrics }) });
      const mirror = openMirror(config, database, log);
      if (mirror === null) throw new UsageError('No backup is configured. Set BACKUP_URL');
      await lifecycle.start({ name: 'servers', start: () => database.start(), stop: () => database.stop() });
      await lifecycle.start({ name: 'mirror', start: () => mirror.start(), stop: () => mirror.stop(), stopWithinMs });
      if (metrics !== null) {
        measureOutbox(new Outbox(database.onSource), database.metrics);
        measureMirror(() => mirror.state, database.metrics);
      }
      return { readiness: () => readinessOf(mirror, database), begun: () => log.info('mirroring') };
    },
  });
}

/** Ready is a mirror that can bring changes to the backup, however many wait. One that has nothing to do meets no trouble. */
function readinessOf(mirror: Mirror, { cluster }: OrdersDatabase): Readiness {
  const { turn, depth, trouble } = mirror.state;
  const snapshot = cluster.snapshot();
  const there = backups(snapshot).some(isSeen) && writableSource(snapshot) !== undefined;
  const nodes = snapshot.map(describeStatus);
  // What went wrong may name the server with which it did.
  return { ready: there && trouble === null && turn !== null, facts: { turn, ...depth }, servers: { trouble, nodes } };
}

await entry(parseNoOptions, run);
