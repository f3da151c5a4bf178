/** The programs that a local cluster starts: the servers of each kind, and Redis. */
import { flavours } from '../../servers/flavours.ts';
import type { LocalServers, ServerProgram } from '../../servers/local-servers.ts';
import { orCompose } from '../../servers/local-servers.ts';
import { UnsupportedTopologyError } from '../local-errors.ts';
import type { ServerFlavour, ServerKind } from '../server-flavour.ts';

const redis: ServerProgram = {
  packages: {
    title: 'Redis',
    prefixes: ['redis-server', 'redis-tools'],
    fallbackRelease: null,
    advice: `Install Redis 6.2 or newer (Debian, Ubuntu: apt-get install redis-server; Fedora: dnf install redis; macOS: brew install redis), ${orCompose}`,
  },
  program: 'redis-server',
  oldest: [6, 2],
  versionArguments: ['--version'],
  versionIn: (text) => /\bv=(\d[\d.]*)/.exec(text)?.[1] ?? null,
  dataDirectoryIn: (args) => {
    const place = args.indexOf('--dir');
    return place === -1 ? null : (args[place + 1] ?? null);
  },
};

/** Throws for a kind that is never started on this machine. */
export function localServers(flavour: ServerFlavour): LocalServers {
  const { local } = flavours[flavour];
  if (local === null) throw new UnsupportedTopologyError(`Servers of ${flavour} cannot be started on this machine`);
  return local;
}

export const programOf = (kind: ServerKind): ServerProgram => (kind === 'redis' ? redis : localServers(kind).program);

export const knownPrograms: readonly ServerProgram[] = [
  ...Object.values(flavours).flatMap(({ local }) => local?.program ?? []),
  redis,
];
