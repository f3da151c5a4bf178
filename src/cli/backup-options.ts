import { commandLine } from '../platform/command-line.ts';
import { exampleUrl } from '../servers/server-url.ts';
import { givenUrlUsage } from './given-url.ts';
import { parseOptions } from './parse-options.ts';
import { UsageError } from './usage-error.ts';

export const backupUsage = `Usage: ${commandLine('backup', '<command> [options]')}

  status         how far the backup is behind the source, and which records are parked
  verify         compares every record of the backup with the source and lists those that differ
  repair         verifies, and copies the records that differ from the source
  replay-parked  retries parked records
  restore        rebuilds the orders database from the backup; refuses if it has orders

  --into <url>       restore into this database, ${exampleUrl()}, instead of the source;
                     ?ssl-mode= and ?ssl-ca= set TLS, else DATABASE_SSL_MODE and DATABASE_SSL_CA.
                     ${givenUrlUsage}
  --yes              restore: replace or delete existing orders
  --patience <s>     verify, repair: how long to wait for records in flight. Default: 30
  --json             print one JSON object
  --help             print this help

The servers are those of the environment, else of the running local cluster.
Exit status: 0 if backup and source are equal (status: if nothing has been waiting for long; restore: if complete), 1 if not,
2 if unknown.
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
  if ((into !== undefined || yes) && command !== 'restore')
    throw new UsageError('--into and --yes are for restore only');
  if (!/^\d{1,5}$/.test(patience)) throw new UsageError('--patience must be a whole number of seconds');
  return { ...base, command };
}
