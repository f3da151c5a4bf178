import type { ConnectionConfig } from 'mariadb';
import type { ServerAddress } from '../server-address.ts';
import { onConnect } from './session-settings.ts';
import { tlsOptions } from './tls-options.ts';

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
