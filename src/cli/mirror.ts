// `npm run mirror`: copies orders to the backup in a process of its own. Several may run.
import { openDatabase } from '../app/open-database.ts';
import { openMirror } from '../app/open-mirror.ts';
import { backups, describeStatus, isSeen, writableSource } from '../cluster/cluster-snapshot.ts';
import type { OrdersDatabase } from '../database/orders/orders-client.ts';
import type { Readiness } from '../http/watch-server.ts';
import type { Mirror } from '../mirror/mirror.ts';
import { measureMirror } from '../mirror/mirror-metrics.ts';
import { Outbox } from '../outbox/outbox.ts';
import { measureOutbox } from '../outbox/outbox-metrics.ts';
import { commandLine } from '../platform/command-line.ts';
import { clusterConfig } from './cluster-config.ts';
import { entry, print } from './entry.ts';
import { parseNoOptions } from './parse-options.ts';
import { UsageError } from './usage-error.ts';
import { runWatched } from './watched-process.ts';

const usage = `Usage: ${commandLine('mirror')}

Copies changes on the source to the backup until Ctrl-C, for the servers of the environment or of the running local
cluster. API processes do so too, unless MIRROR_WORKER=off; both together do no harm.
MIRROR_PORT serves /livez, /readyz and /metrics.
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

/** Ready means able to apply changes to the backup, however many wait. An idle mirror is ready. */
function readinessOf(mirror: Mirror, { cluster }: OrdersDatabase): Readiness {
  const { turn, depth, trouble } = mirror.state;
  const snapshot = cluster.snapshot();
  const there = backups(snapshot).some(isSeen) && writableSource(snapshot) !== undefined;
  const nodes = snapshot.map(describeStatus);
  // The trouble may contain the name of the server.
  return { ready: there && trouble === null && turn !== null, facts: { turn, ...depth }, servers: { trouble, nodes } };
}

await entry(parseNoOptions, run);
