import { commandLine } from '../platform/command-line.ts';
import { exampleUrl } from '../servers/server-url.ts';
import { givenUrlUsage } from './given-url.ts';
import { parseOptions } from './parse-options.ts';
import { UsageError } from './usage-error.ts';

export const clusterUsage = `Usage: ${commandLine('cluster', '<command> [options]')}

Manages plain replication: which server is the source, and which ones replicate it. Shows its plan and asks before acting.

  status                   state of every server, as it reports it
  promote [<server>]       the source is lost: this replica, or the most advanced one, replaces it
  switchover <server>      the source is up: it hands over to this replica without loss
  rejoin <server>          a former source, or a server that was left out, becomes a replica
  add-replica <url>        a new server becomes a replica: ${exampleUrl()}, an administrator's account;
                           ?ssl-mode= and ?ssl-ca= set TLS, else DATABASE_SSL_MODE and DATABASE_SSL_CA.
                           ${givenUrlUsage}

  --yes                    do not ask for confirmation
  --force                  promote even if transactions may be lost or servers left out; the plan names them
  --if-source-down         promote: only if every replica has lost the source and it cannot be reached from here;
                           one at a time through Redis, and not again within the quiet time. For schedulers, with --yes
  --discard                rejoin: discard transactions that only this server has; the plan names them. Its data is
                           copied from the source again
  --quiet-time <seconds>   minimum time between two such promotions. Default: 600
  --json                   print one JSON object instead of text; needs --yes, except for status
  --help                   print this help and exit

Each command can be run again: it continues where it was interrupted. The servers are those of the environment (with the account
CLUSTER_ADMIN_USER, else MIGRATION_URL's), else those of the local cluster.

Exit status: 0 if done or nothing to do, 1 if it failed halfway or left a server out, 2 for wrong usage, 3 if it refused.
`;

const commands = ['status', 'promote', 'switchover', 'rejoin', 'add-replica'] as const;

export type ClusterOptions = {
  readonly command: (typeof commands)[number] | 'help';
  /** Name of a server, or the URL of a new one. */
  readonly subject: string | null;
  readonly yes: boolean;
  readonly force: boolean;
  readonly onlyIfSourceDown: boolean;
  readonly discard: boolean;
  readonly quietTimeMs: number;
  readonly json: boolean;
};

const flag = { type: 'boolean' } as const;
const given = {
  yes: { ...flag, short: 'y' },
  force: flag,
  discard: flag,
  'if-source-down': flag,
  'quiet-time': { type: 'string' },
  json: flag,
  help: { ...flag, short: 'h' },
} as const;

/** Throws `UsageError`. */
export function readClusterOptions(argv: readonly string[]): ClusterOptions {
  const { values, positionals } = parseOptions(argv, { options: given, allowPositionals: true });
  const [name, subject = null, ...more] = positionals;
  const command = values.help ? 'help' : commands.find((known) => known === name);
  if (command === undefined) throw new UsageError(`Name one of ${commands.join(', ')}. Try --help.`);
  if (more.length > 0 || (command === 'status' && subject !== null))
    throw new UsageError('Too many arguments. Try --help.');
  if (['switchover', 'rejoin', 'add-replica'].includes(command) && subject === null) {
    throw new UsageError(`${command} needs ${command === 'add-replica' ? 'a URL' : 'the name of a server'}`);
  }
  if (command !== 'promote' && (values.force || values['if-source-down'])) {
    throw new UsageError('--force and --if-source-down are for promote only');
  }
  if (command !== 'rejoin' && values.discard) throw new UsageError('--discard is for rejoin only');
  const quietTime = values['quiet-time'] ?? '600';
  if (!/^\d{1,6}$/.test(quietTime)) throw new UsageError('--quiet-time must be a number of seconds');
  if (values.json && !values.yes && command !== 'status')
    throw new UsageError('--json cannot prompt; pass --yes as well');
  return {
    command,
    subject,
    yes: values.yes ?? false,
    force: values.force ?? false,
    onlyIfSourceDown: values['if-source-down'] ?? false,
    discard: values.discard ?? false,
    quietTimeMs: Number(quietTime) * 1000,
    json: values.json ?? false,
  };
}
