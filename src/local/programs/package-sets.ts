import type { PackageSet } from '../../servers/local-servers.ts';

type Wanted = Pick<PackageSet, 'prefixes' | 'alwaysVersioned'>;

/** One package for each prefix: the one of exactly that name, otherwise the newest version; null if a prefix has none. */
export function choosePackages({ prefixes, alwaysVersioned }: Wanted, available: readonly string[]): string[] | null {
  const chosen = prefixes.map((prefix) => {
    const versioned = available.filter((name) => isVersionOf(prefix, name)).sort(byVersion);
    return available.includes(prefix) && alwaysVersioned !== true ? prefix : versioned.at(-1);
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
export function packagesOfSimulation(simulation: string, needless?: RegExp): string[] {
  const names = [...simulation.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '');
  return names.filter((name) => !/perl/.test(name) && needless?.test(name) !== true);
}

/** The size of a download, from the output of `--print-uris`: address, file name, bytes, checksum. */
export function bytesOfUris(uris: string): number {
  return [...uris.matchAll(/^'[^']+' \S+ (\d+)/gm)].reduce((sum, match) => sum + Number(match[1]), 0);
}
