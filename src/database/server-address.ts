import type { ConnectionConfig } from 'mariadb';
import { type Server, serverAt } from '../platform/server-url.ts';
import { BadServerUrlError } from './errors.ts';
import { onConnect } from './session-settings.ts';
import { tlsOptions } from './tls-options.ts';

/** A server under the name that people are told. */
export type ServerAddress = Server & { readonly name: string };

/** Throws `BadServerUrlError`, which never shows a password. */
export function addressAt(url: string, name?: string): ServerAddress {
  const read = serverAt(url);
  if (typeof read === 'string') throw new BadServerUrlError(name ?? 'the server', read);
  const { parameters: _, ...server } = read;
  return { name: name ?? `${server.host}:${server.port}`, ...server };
}

/** The driver's types do not know it. Followed, a server's hint would lead to another server than the one that is meant. */
const noRedirects = { permitRedirect: false };

/** Options that every connection has in common. Integers come as bigint where a double could not hold them. */
export function connectionOptions({ host, port, user, password, database, tls }: ServerAddress): ConnectionConfig {
  const account = { host, port, user, password, database, allowPublicKeyRetrieval: true, charset: 'utf8mb4' };
  return {
    ...account,
    ...noRedirects,
    initSql: [...onConnect(database)],
    ...(tls !== null && { ssl: tlsOptions(host, tls) }),
  };
}
