import type { ServerKind } from '../server-flavour.ts';

export type PackageSet = {
  readonly title: string;
  /** Names start so; releases add a version (`mysql-server-core-8.0`). */
  readonly prefixes: readonly string[];
  /** Where to look when this machine's own release has none: its C library comes along, as it will be newer. */
  readonly fallbackRelease: 'sid' | null;
  /** What a person does when nothing else works. */
  readonly advice: string;
};

const orCompose = 'or run the whole cluster in containers: docker compose up';

export const packageSets: Readonly<Record<ServerKind, PackageSet>> = {
  mariadb: {
    title: 'MariaDB',
    prefixes: ['mariadb-server-core', 'mariadb-client-core'],
    fallbackRelease: null,
    advice: `Install MariaDB 10.6 or newer (Debian, Ubuntu: apt-get install mariadb-server; Fedora: dnf install mariadb-server; macOS: brew install mariadb), ${orCompose}`,
  },
  mysql: {
    title: 'MySQL',
    prefixes: ['mysql-server-core'],
    fallbackRelease: 'sid',
    advice: `Install MySQL 8.0.26 or newer (Ubuntu: apt-get install mysql-server; Fedora: dnf install mysql-server; macOS: brew install mysql), ${orCompose}`,
  },
  redis: {
    title: 'Redis',
    prefixes: ['redis-server', 'redis-tools'],
    fallbackRelease: null,
    advice: `Install Redis 6.2 or newer (Debian, Ubuntu: apt-get install redis-server; Fedora: dnf install redis; macOS: brew install redis), ${orCompose}`,
  },
};

/** The one package for each prefix, newest version last in the name first; null when a prefix has none. */
export function choosePackages(prefixes: readonly string[], available: readonly string[]): string[] | null {
  const chosen = prefixes.map((prefix) => {
    const versioned = available.filter((name) => isVersionOf(prefix, name)).sort(byVersion);
    return available.includes(prefix) ? prefix : versioned.at(-1);
  });
  return chosen.every((name) => name !== undefined) ? chosen : null;
}

function isVersionOf(prefix: string, name: string): boolean {
  return name.startsWith(`${prefix}-`) && /^\d+(\.\d+)*$/.test(name.slice(prefix.length + 1));
}

function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** What apt would install for these packages, from its simulated run. Perl only serves maintenance scripts. */
export function packagesOfSimulation(simulation: string): string[] {
  return [...simulation.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '').filter((name) => !/perl/.test(name));
}

/** How much a download is, from the list that `--print-uris` gives: address, file name, bytes, checksum. */
export function bytesOfUris(uris: string): number {
  return [...uris.matchAll(/^'[^']+' \S+ (\d+)/gm)].reduce((sum, match) => sum + Number(match[1]), 0);
}
