import type { ServerKind } from '../server-flavour.ts';

/** Oldest versions whose statements and settings the local cluster uses. */
const oldest: Readonly<Record<ServerKind, readonly number[]>> = { mariadb: [10, 6], mysql: [8, 0, 26], redis: [6, 2] };

/** The version in a server's `--version` line, or null when that is no server of this kind. */
export function parseVersion(kind: ServerKind, text: string): string | null {
  const isMariadb = /mariadb/i.test(text);
  if (kind === 'mysql' && isMariadb) return null;
  if (kind === 'mariadb' && !isMariadb) return null;
  const version = kind === 'redis' ? /\bv=(\d[\d.]*)/.exec(text) : /\bVer (\d+\.\d+\.\d+)/.exec(text);
  return version?.[1] ?? null;
}

export function isSupported(kind: ServerKind, version: string): boolean {
  const parts = version.split('.').map(Number);
  const required = oldest[kind];
  for (const [index, least] of required.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}
