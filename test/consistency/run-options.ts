// The command's options: a wrong one is answered with the right ones.
import { parseArgs } from 'node:util';
import { type ForkWay, forkWays, isForkWay } from './forks/ways.ts';

export const help = `npm run consistency -- [options]

Clients at work while servers lag, stop, hang and die; then every broken promise. With tokens there must be none,
without them some.

  --seconds N             how long the clients work (30)
  --flavour NAME          mariadb or mysql (mariadb)
  --topology NAME         replication or group (replication); group is MySQL's
  --without-tokens        clients drop their tokens: the control
  --source-too            the source is killed as well, and comes back
  --seed N                steers what happens
  --sessions N            clients at a time (12)
  --judge FILE            judges a saved history again
  --fork WAY              instead: the history forks and nobody tells the API; WAY is one of
${Object.entries(forkWays)
  .map(([way, what]) => `                            ${way.padEnd(11)} ${what}`)
  .join('\n')}
                            all         each of them, lossy and lossless
  --lossless              with --fork: nothing is lost
  --clients N             with --fork: how many clients have a past (24)
  --help                  this text
`;

export type RunOptions = {
  readonly seconds: number;
  readonly flavour: 'mariadb' | 'mysql' | undefined;
  readonly topology: 'replication' | 'group';
  readonly tokens: boolean;
  readonly sourceToo: boolean;
  readonly seed: number | undefined;
  readonly sessions: number;
  readonly judge: string | undefined;
  readonly fork: ForkWay | 'all' | undefined;
  readonly lossy: boolean;
  readonly clients: number;
};

export class WrongOptionError extends Error {}

/** `null` asks for help. Throws `WrongOptionError`. */
export function readOptions(args: readonly string[]): RunOptions | null {
  const values = parsed(args);
  if (values.help) return null;
  const { topology = 'replication', fork, judge } = values;
  if (topology !== 'replication' && topology !== 'group') throw new WrongOptionError(`no such topology: ${topology}`);
  const flavour = values.flavour ?? (topology === 'group' ? 'mysql' : undefined);
  if (flavour !== undefined && flavour !== 'mariadb' && flavour !== 'mysql') {
    throw new WrongOptionError(`no such flavour: ${flavour}`);
  }
  if (topology === 'group' && flavour !== 'mysql') throw new WrongOptionError('only MySQL has groups');
  if (fork !== undefined && fork !== 'all' && !isForkWay(fork))
    throw new WrongOptionError(`no such way to fork: ${fork}`);
  if (fork !== undefined && topology === 'group') throw new WrongOptionError('--fork goes with replication');
  return {
    seconds: wholeNumber('seconds', values.seconds, 30),
    flavour,
    topology,
    tokens: !values['without-tokens'],
    sourceToo: values['source-too'] ?? false,
    seed: values.seed === undefined ? undefined : wholeNumber('seed', values.seed, 0),
    sessions: wholeNumber('sessions', values.sessions, 12),
    judge,
    fork,
    lossy: !values.lossless,
    clients: wholeNumber('clients', values.clients, 24),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seconds: { type: 'string' },
        flavour: { type: 'string' },
        topology: { type: 'string' },
        'without-tokens': { type: 'boolean' },
        'source-too': { type: 'boolean' },
        seed: { type: 'string' },
        sessions: { type: 'string' },
        judge: { type: 'string' },
        fork: { type: 'string' },
        lossless: { type: 'boolean' },
        clients: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new WrongOptionError(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(name: string, text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  if (!/^\d{1,9}$/.test(text)) throw new WrongOptionError(`--${name} is a whole number, not ${text}`);
  return Number(text);
}
