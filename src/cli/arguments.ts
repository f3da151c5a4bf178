import { type FlavourName, flavourNames } from '../servers/flavour-name.ts';
import { flavours } from '../servers/flavours.ts';
import { parseOptions } from './parse-options.ts';
import { UsageError } from './usage-error.ts';

const topologies = ['replication', 'group'] as const;

export type StartArguments = {
  readonly action: 'start' | 'check-config' | 'variables' | 'help' | 'version';
  /** Which servers a local cluster runs. */
  readonly flavour: FlavourName;
  /** How those servers replicate. */
  readonly topology: (typeof topologies)[number];
  /** Instead of PORT. */
  readonly port: string | null;
};

export const usage = `Usage: npm start -- [options]

  --flavour mariadb|mysql  which servers the local cluster runs; mariadb unless told
  --topology replication|group
                           replication: a source and its replicas, promoted by people (unless told)
                           group: three members that elect the source themselves; needs --flavour mysql
  --port <number>          instead of PORT
  --check-config           print the configuration without secrets, or everything that is wrong with it; look at the
                           servers and print how they are; and end: with 0 when all is right (also when servers are
                           away), 2 when the configuration is wrong, 3 when servers are set up so that a promise is
                           not kept
  --variables              print every environment variable with its default and meaning, and end
  --version                print the version and end
  --help                   print this and end

Without database URLs in the environment a local cluster is started. .env.example lists all variables.
`;

const actions = ['help', 'version', 'variables', 'check-config'] as const;

/** Throws `UsageError`. */
export function readArguments(argv: readonly string[]): StartArguments {
  const { values } = parseOptions(argv, {
    options: {
      flavour: { type: 'string', default: flavourNames[0] },
      topology: { type: 'string', default: 'replication' },
      port: { type: 'string' },
      'check-config': { type: 'boolean' },
      variables: { type: 'boolean' },
      version: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const flavour = flavourNames.find((known) => known === values.flavour);
  if (flavour === undefined) throw new UsageError(`--flavour is one of ${flavourNames.join(', ')}`);
  const topology = topologies.find((known) => known === values.topology);
  if (topology === undefined) throw new UsageError(`--topology is one of ${topologies.join(', ')}`);
  if (topology === 'group' && !flavours[flavour].capabilities.groups) {
    const able = flavourNames.filter((name) => flavours[name].capabilities.groups).join(' or ');
    throw new UsageError(`--topology group needs --flavour ${able}: ${flavour} has no replication groups`);
  }
  if (values.port !== undefined && !/^\d{1,5}$/.test(values.port)) throw new UsageError('--port is a number');
  const action = actions.find((known) => values[known]) ?? 'start';
  return { action, flavour, topology, port: values.port ?? null };
}
