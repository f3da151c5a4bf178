// `npm run migrate`: brings the orders database up to date, or says how far it is.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { migrate, migrationStatus, settleMigration } from '../database/migrations/migrate.ts';
import { UsageError } from './arguments.ts';
import { explainFailure } from './explain-failure.ts';
import { sourceUrl } from './source-url.ts';

const usage = `Usage: npm run migrate -- [options]

Applies the migrations in prisma/orders/migrations that were not applied yet, one process at a time.

  --status               say what is applied and what is not; change nothing. Ends with 1 when something is to be done
  --rolled-back <name>   a failed migration was undone by hand: it may run again
  --applied <name>       a failed migration was completed by hand: count it as applied
  --url <url>            mysql://user:password@host:3306/database, instead of what the environment says
  --help                 print this

The database is MIGRATION_URL, else the source of the environment, else that of the local cluster that runs.
`;

const directory = fileURLToPath(new URL('../../prisma/orders/migrations', import.meta.url));
const log = (line: string) => process.stdout.write(`${line}\n`);

async function run(argv: readonly string[]): Promise<number> {
  const values = readOptions(argv);
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const url = await sourceUrl(values.url);
  if (values.status) {
    const migrations = await migrationStatus({ url, directory });
    for (const { name, state } of migrations) log(`${state.padEnd(8)} ${name}`);
    return migrations.some(({ state }) => state === 'pending' || state === 'failed' || state === 'edited') ? 1 : 0;
  }
  for (const outcome of ['rolled-back', 'applied'] as const) {
    const name = values[outcome];
    if (name === undefined) continue;
    await settleMigration({ url, directory, log }, name, outcome);
    log(`settled ${name} as ${outcome}`);
    return 0;
  }
  const { applied } = await migrate({ url, directory, log });
  if (applied.length === 0) log('Nothing to apply: the database is up to date.');
  return 0;
}

function readOptions(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const options = { status: flag, help: flag, url: text, applied: text, 'rolled-back': text };
    return parseArgs({ args: [...argv], options }).values;
  } catch (cause) {
    throw new UsageError(`${cause instanceof Error ? cause.message.split('.')[0] : 'not understood'}. Try --help.`, {
      cause,
    });
  }
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const { text, exitCode } = explainFailure(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = exitCode;
}
