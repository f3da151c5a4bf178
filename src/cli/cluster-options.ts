import { givenUrlUsage } from './given-url.ts';
import { parseOptions } from './parse-options.ts';
import { UsageError } from './usage-error.ts';

export const clusterUsage = `Usage: npm run cluster -- <command> [options]

Steers plain replication: which server is the source, and who replicates it. Shows its plan and asks before it does anything.

  status                   what every server says of itself
  promote [<server>]       the source is gone: this replica, or the most advanced one, takes its place
  switchover <server>      the source lives: it hands over to this replica, and nothing is lost
  rejoin <server>          a server that was the source, or was left out, becomes a replica
  add-replica <url>        another server becomes a replica: mysql://user:password@host:3306/database, an administrator's account;
                           ?ssl-mode= and ?ssl-ca= secure the way to it, else DATABASE_SSL_MODE and DATABASE_SSL_CA.
                           ${givenUrlUsage}

  --yes                    do not ask
  --force                  promote although transactions may be lost or servers left out; the plan says which
  --if-source-down         promote: do nothing unless every replica has lost the source and it is out of reach from here;
                           one at a time through Redis, and not again within the quiet time. For schedulers, with --yes
  --discard                rejoin: throw away what the server holds and the source does not; the plan names it. Its data is
                           copied anew from the source
  --quiet-time <seconds>   how long after one such promotion no other is made; 600 unless told
  --json                   print one JSON object instead of text; needs --yes for anything but status
  --help                   print this and end

Each command may be run again: it goes on where it was cut off. The servers are those of the environment (with the account
CLUSTER_ADMIN_USER, else MIGRATION_URL's), else those of the local cluster.

Ends with 0 when it is done or nothing was to be done, 1 when it failed on the way or left a server out, 2 when it was called
wrongly, 3 when it refused.
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
    throw new UsageError('Too many words. Try --help.');
  if (['switchover', 'rejoin', 'add-replica'].includes(command) && subject === null) {
    throw new UsageError(`${command} needs ${command === 'add-replica' ? 'a URL' : 'the name of a server'}`);
  }
  if (command !== 'promote' && (values.force || values['if-source-down'])) {
    throw new UsageError('--force and --if-source-down belong to promote');
  }
  if (command !== 'rejoin' && values.discard) throw new UsageError('--discard belongs to rejoin');
  const quietTime = values['quiet-time'] ?? '600';
  if (!/^\d{1,6}$/.test(quietTime)) throw new UsageError('--quiet-time is a number of seconds');
  if (values.json && !values.yes && command !== 'status') throw new UsageError('--json does not ask: say --yes too');
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
