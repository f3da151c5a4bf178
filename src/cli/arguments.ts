import { commandLine } from '../platform/command-line.ts';
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
  /** Overrides PORT. */
  readonly port: string | null;
};

const withGroups = flavourNames.filter((name) => flavours[name].capabilities.groups).join(' or ');

export const usage = `Usage: ${commandLine('start', '[options]')}

  --flavour <kind>         servers of the local cluster: ${flavourNames.join(' or ')}. Default: ${flavourNames[0]}
  --topology replication|group
                           replication: a source and its replicas, promoted by hand (default)
                           group: three members that elect the source themselves; needs --flavour ${withGroups}
  --port <number>          overrides PORT
  --check-config           print the configuration without secrets, or all its faults; probe the servers and print
                           their state; and exit with status 0 if all is well (even if servers are down), 2 if the
                           configuration is wrong, 3 if servers are configured so that a guarantee does not hold
  --variables              print every environment variable with its default and meaning, and exit
  --version                print the version and exit
  --help                   print this help and exit

Without database URLs in the environment, a local cluster is started. .env.example lists all variables.
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
  if (flavour === undefined) throw new UsageError(`--flavour must be one of ${flavourNames.join(', ')}`);
  const topology = topologies.find((known) => known === values.topology);
  if (topology === undefined) throw new UsageError(`--topology must be one of ${topologies.join(', ')}`);
  if (topology === 'group' && !flavours[flavour].capabilities.groups) {
    throw new UsageError(`--topology group needs --flavour ${withGroups}: ${flavour} has no replication groups`);
  }
  if (values.port !== undefined && !/^\d{1,5}$/.test(values.port)) throw new UsageError('--port must be a number');
  const action = actions.find((known) => values[known]) ?? 'start';
  return { action, flavour, topology, port: values.port ?? null };
}
