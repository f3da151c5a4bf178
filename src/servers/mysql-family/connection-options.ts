import type { ConnectionConfig } from 'mariadb';
import type { ServerAddress } from '../server-address.ts';
import { onConnect } from './session-settings.ts';
import { tlsOptions } from './tls-options.ts';

/** Not in the driver's types. If followed, a server's redirection hint would lead to a server other than the configured one. */
const noRedirects = { permitRedirect: false };

/** Options that all connections share. Integers are bigint if a double could not hold them. */
export function connectionOptions({ host, port, user, password, database, tls }: ServerAddress): ConnectionConfig {
  const account = { host, port, user, password, database, allowPublicKeyRetrieval: true, charset: 'utf8mb4' };
  return {
    ...account,
    ...noRedirects,
    initSql: [...onConnect(database)],
    ...(tls !== null && { ssl: tlsOptions(host, tls) }),
  };
}
