// `npm run migrate`: migrates the orders database and its backup, or prints the state of their migrations.
import { type MigrateOptions, migrate, migrationStatus, settleMigration } from '../database/migrations/migrate.ts';
import { ourMigrations } from '../database/orders/our-migrations.ts';
import { TidemarkError } from '../errors.ts';
import { commandLine } from '../platform/command-line.ts';
import { exampleUrl } from '../servers/server-url.ts';
import { entry, print } from './entry.ts';
import { givenUrlUsage } from './given-url.ts';
import { parseOptions } from './parse-options.ts';
import { backupUrl, sourceUrl } from './source-url.ts';
import { UsageError } from './usage-error.ts';

const usage = `Usage: ${commandLine('migrate', '[options]')}

Applies pending migrations: those in prisma/orders/migrations to the source and those in
prisma/backup/migrations to the backup, if there is one; on PostgreSQL those in
prisma/postgresql/orders and prisma/postgresql/backup. One process at a time.

  --only source|backup   migrate only this database
  --status               print the state of all migrations; change nothing. Exit status 1 if something is to be done
  --rolled-back <name>   mark a failed migration as undone by hand, so that it runs again; on the source, unless --only backup
  --applied <name>       mark a failed migration as completed by hand; likewise
  --url <url>            ${exampleUrl()}, instead of the environment: this database
                         alone, as the source, or with --only backup as the backup; ?ssl-mode= and ?ssl-ca= set TLS, else
                         DATABASE_SSL_MODE and DATABASE_SSL_CA.
                         ${givenUrlUsage}
  --help                 print this help

The source is MIGRATION_URL, else the source of the environment, else that of the running local cluster; the backup
BACKUP_MIGRATION_URL, else the backup likewise.
`;

const sides = ['source', 'backup'] as const;
type Side = (typeof sides)[number];
type Target = { readonly side: Side; readonly url: string; readonly directory: MigrateOptions['directory'] };

const directories = { source: ourMigrations('orders'), backup: ourMigrations('backup') } as const;
const log = (line: string) => process.stdout.write(`${line}\n`);

async function run(values: ReturnType<typeof readOptions>): Promise<number> {
  if (values.help) return print(usage);
  const only = sides.find((side) => side === values.only) ?? null;
  if (values.only !== undefined && only === null) throw new UsageError(`--only must be one of ${sides.join(', ')}`);
  for (const outcome of ['rolled-back', 'applied'] as const) {
    const name = values[outcome];
    if (name === undefined) continue;
    const [target] = await findTargets(only ?? 'source', values.url);
    if (target === undefined) throw new UsageError('This database is not configured');
    await settleMigration({ ...target, log }, name, outcome);
    log(`marked ${name} as ${outcome}`);
    return 0;
  }
  const targets = await findTargets(only, values.url);
  let exitCode = 0;
  for (const target of targets) exitCode = Math.max(exitCode, await attempt(values.status ? tell : bring, target));
  return exitCode;
}

/** A failure of one database is reported, and does not stop the other. */
async function attempt(work: (target: Target) => Promise<number>, target: Target): Promise<number> {
  try {
    return await work(target);
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error;
    process.stderr.write(`${target.side}: ${error.message}\n`);
    return 1;
  }
}

async function tell({ side, ...target }: Target): Promise<number> {
  const migrations = await migrationStatus(target);
  for (const { name, state } of migrations) log(`${side}  ${state.padEnd(8)} ${name}`);
  return migrations.some(({ state }) => state === 'pending' || state === 'failed' || state === 'edited') ? 1 : 0;
}

async function bring({ side, ...target }: Target): Promise<number> {
  const { applied } = await migrate({ ...target, log: (line) => log(`${side}: ${line}`) });
  if (applied.length === 0) log(`${side}: up to date, nothing to apply.`);
  return 0;
}

async function findTargets(only: Side | null, url: string | undefined): Promise<Target[]> {
  const wanted = only === null && url === undefined ? sides : [only ?? 'source'];
  const targets: Target[] = [];
  for (const side of wanted) {
    const found = side === 'source' || url !== undefined ? await sourceUrl(url) : await backupUrl();
    if (found !== null) targets.push({ side, url: found, directory: directories[side] });
    else if (only !== null) throw new UsageError('No backup is configured. Set BACKUP_URL');
  }
  return targets;
}

function readOptions(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = { status: flag, help: flag, only: text, url: text, applied: text, 'rolled-back': text } as const;
  return parseOptions(argv, { options }).values;
}

await entry(readOptions, run);
