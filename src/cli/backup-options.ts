import { givenUrlUsage } from './given-url.ts';
import { parseOptions } from './parse-options.ts';
import { UsageError } from './usage-error.ts';

export const backupUsage = `Usage: npm run backup -- <command> [options]

  status         how far the backup is behind the source, and what it was given up for
  verify         compares every record of the backup with the source and names those that differ
  repair         verifies, and makes the backup right
  replay-parked  tries the records again that were given up
  restore        rebuilds the orders database from the backup; refuses when there are orders in it

  --into <url>       restore into this database, mysql://user:password@host:3306/database, instead of the source;
                     ?ssl-mode= and ?ssl-ca= secure the way to it, else DATABASE_SSL_MODE and DATABASE_SSL_CA.
                     ${givenUrlUsage}
  --yes              restore: replace and delete the orders that are there
  --patience <s>     verify, repair: how long to wait for records that are on their way; 30 unless told
  --json             print one JSON object
  --help             print this

The servers are those of the environment, else of the local cluster that runs.
Ends with 0 when backup and source are equal (status: when nothing waits for long), 1 when they are not, 2 when it cannot
tell. A restore ends with 0 when it is complete.
`;

export const backupCommands = ['status', 'verify', 'repair', 'replay-parked', 'restore'] as const;

export type BackupOptions = {
  readonly command: (typeof backupCommands)[number] | 'help';
  readonly into: string | null;
  readonly yes: boolean;
  readonly json: boolean;
  readonly patienceMs: number;
};

const flag = { type: 'boolean' } as const;
const text = { type: 'string' } as const;
const given = { into: text, yes: flag, json: flag, help: flag, patience: text } as const;

/** Throws `UsageError`. */
export function readBackupOptions(argv: readonly string[]): BackupOptions {
  const { values, positionals } = parseOptions(argv, { options: given, allowPositionals: true });
  const { into, yes = false, json = false, help = false, patience = '30' } = values;
  const base = { into: into ?? null, yes, json, patienceMs: Number(patience) * 1000 };
  if (help) return { ...base, command: 'help' };
  const command = backupCommands.find((known) => known === positionals[0]);
  if (command === undefined || positionals.length > 1) {
    throw new UsageError(`Name one of ${backupCommands.join(', ')}. Try --help.`);
  }
  if ((into !== undefined || yes) && command !== 'restore') throw new UsageError('--into and --yes go with restore');
  if (!/^\d{1,5}$/.test(patience)) throw new UsageError('--patience is a whole number of seconds');
  return { ...base, command };
}
