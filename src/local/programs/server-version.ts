import type { ServerProgram } from '../../servers/local-servers.ts';

/** Whether a version supports the statements and settings in use. */
export function isSupported({ oldest, newest }: Pick<ServerProgram, 'oldest' | 'newest'>, version: string): boolean {
  if (compare(version, oldest) < 0) return false;
  return newest === undefined || compare(seriesLike(version, newest), newest) <= 0;
}

export const isNewer = (version: string, than: string): boolean => compare(version, numbersIn(than)) > 0;

/** Whether the version is of the series: 15.18 is of 15. */
export const isOfSeries = (version: string, series: string): boolean => `${version}.`.startsWith(`${series}.`);

/** Negative if older. Numbers that are missing count as zero. */
function compare(version: string, other: readonly number[]): number {
  const own = numbersIn(version);
  for (let index = 0; index < Math.max(own.length, other.length); index += 1) {
    const difference = (own[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const numbersIn = (version: string): number[] => version.split('.').map(Number);

const seriesLike = (version: string, { length }: readonly number[]): string =>
  version.split('.').slice(0, length).join('.');
