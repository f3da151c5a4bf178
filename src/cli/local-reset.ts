// `npm run local:reset`: deletes the data of the local cluster.
import { processEnvironment } from '../config/environment.ts';
import { readConfig } from '../config/read-config.ts';
import { resetLocalCluster } from '../local/directory/reset-local-cluster.ts';
import { commandLine } from '../platform/command-line.ts';
import { flavourNames } from '../servers/flavour-name.ts';
import { entry, print } from './entry.ts';
import { parseOptions } from './parse-options.ts';
import { UsageError } from './usage-error.ts';

const usage = `Usage: ${commandLine('local:reset', '[options]')}

Wipes what the local cluster keeps: orders, logs, passwords and token keys. Refuses while the cluster runs.

  --flavour <kind>         only the data of ${flavourNames.join(' or ')}; passwords and keys stay
  --all                    the unpacked server programs too: the next start fetches them again
  --help                   print this
`;

async function run(options: ReturnType<typeof readOptions>): Promise<number> {
  if (options.help) return print(usage);
  const flavour = flavourNames.find((known) => known === options.flavour) ?? null;
  if (flavour === null && options.flavour !== undefined) {
    throw new UsageError(`--flavour must be one of ${flavourNames.join(', ')}`);
  }
  const log = (line: string) => void process.stdout.write(`${line}\n`);
  const removed = await resetLocalCluster({ directory: localDirectory(), flavour, servers: options.all ?? false, log });
  if (removed.length === 0) log('Nothing to delete.');
  for (const path of removed) log(`deleted ${path}`);
  return 0;
}

/** The directory of the local cluster, even if the environment configures other servers. */
function localDirectory(): string {
  const { TIDEMARK_DIRECTORY } = processEnvironment();
  const read = readConfig(TIDEMARK_DIRECTORY === undefined ? {} : { TIDEMARK_DIRECTORY });
  if (read.mode === 'local') return read.directory;
  throw new UsageError('There is no local cluster to reset');
}

function readOptions(argv: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  return parseOptions(argv, { options: { flavour: { type: 'string' }, all: flag, help: flag } }).values;
}

await entry(readOptions, run);
