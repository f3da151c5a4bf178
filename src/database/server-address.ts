import type { ConnectionConfig } from 'mariadb';
import { parseServerUrl } from '../platform/server-url.ts';
import { BadServerUrlError } from './errors.ts';

/** Where a server is and which account to use there. */
export type ServerAddress = {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
};

/** Throws `BadServerUrlError`, which never shows a password. */
export function addressAt(url: string, name?: string): ServerAddress {
  const parsed = parseServerUrl(url);
  if (typeof parsed === 'string') throw new BadServerUrlError(name ?? 'the server', parsed);
  const { options: _, ...server } = parsed;
  return { name: name ?? `${server.host}:${server.port}`, ...server };
}

/** With the password: not to be shown. */
export function urlOf({ host, port, user, password, database }: ServerAddress): string {
  const account = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  return `mysql://${account}@${host.includes(':') ? `[${host}]` : host}:${port}/${encodeURIComponent(database)}`;
}

/** Options that every connection has in common. Integers come as bigint where a double could not hold them. */
export function connectionOptions({ host, port, user, password, database }: ServerAddress): ConnectionConfig {
  return { host, port, user, password, database, allowPublicKeyRetrieval: true, charset: 'utf8mb4' };
}
