// `npm run mirror`: carries orders to the backup in a process of its own. Several may run.
import { openDatabase, openMirror } from '../app.ts';
import { systemClock } from '../platform/clock.ts';
import { Lifecycle } from '../platform/lifecycle.ts';
import { createLog } from '../platform/log.ts';
import { UsageError } from './arguments.ts';
import { clusterConfig } from './cluster-config.ts';
import { watchForTheEnd } from './ending.ts';
import { explainFailure } from './explain-failure.ts';

const usage = `Usage: npm run mirror

Carries what changes on the source to the backup until Ctrl-C, for the servers of the environment or of the local cluster
that runs. Set MIRROR_WORKER=off for API processes that are not to do it as well; it does no harm if they do.
`;

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
  const database = openDatabase(config, log);
  const mirror = openMirror(config, database, log);
  if (mirror === null) throw new UsageError('No backup is configured. Set BACKUP_URL');
  await lifecycle.start({ name: 'servers', start: () => database.start(), stop: () => database.stop() });
  const stopWithinMs = 15_000;
  await lifecycle.start({ name: 'mirror', start: () => mirror.start(), stop: () => mirror.stop(), stopWithinMs });
  log.info('mirroring');
  await ending.reached;
  await lifecycle.stop();
  log.info('stopped');
  return ending.exitCode();
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const { text, exitCode } = explainFailure(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = exitCode;
}
