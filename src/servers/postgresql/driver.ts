import { Client } from 'pg';
import type { Driver, Opening, OpenOptions } from '../driver.ts';
import type { ServerAddress } from '../server-address.ts';
import { adapterOn } from './adapter.ts';
import { clientOptions } from './client-options.ts';
import { PostgresqlConnection } from './connection.ts';
import { postgresqlFaults } from './faults.ts';
import { withCode } from './lost-connection.ts';
import { openPool } from './pool.ts';
import { beginToWrite, longSession, quotedName, sessionRefusesWrites, sessionWrites } from './session-settings.ts';
import { Sockets } from './sockets.ts';
import { mayChangeConnection, mayHoldSeveral, mayLeaveTransaction, roleOf, targetOf } from './statement-role.ts';
import { keysNamedBy, readWrite } from './write-statement.ts';

/** The driver's own limit also counts time in which this process could not run; the limit that matters is set by the caller. */
const connectFactor = 20;

export const postgresqlDriver: Driver = {
  schemes: ['postgresql', 'postgres'],
  defaultPort: 5432,
  dialect: {
    roleOf,
    mayChangeConnection,
    mayLeaveTransaction,
    mayHoldSeveral,
    targetOf,
    readWrite,
    keysNamedBy,
    quoted: quotedName,
    beginToWrite,
    sessionWrites,
    sessionRefusesWrites,
  },
  faults: postgresqlFaults,
  open,
  openPool,
  adapter: (pool) => adapterOn(pool),
  keyOf: (connection) => (connection instanceof PostgresqlConnection ? connection.client : connection),
  isInTransaction: (connection) => connection instanceof PostgresqlConnection && connection.transaction === 'T',
  isAutocommitting: (connection) => connection instanceof PostgresqlConnection && connection.transaction === 'I',
  nothing: 'SELECT',
};

function open(address: ServerAddress, { timeoutMs, silenceMs = 0 }: OpenOptions): Opening {
  const sockets = new Sockets();
  const client = new Client({
    ...clientOptions(address, longSession, sockets),
    connectionTimeoutMillis: timeoutMs * connectFactor,
    ...(silenceMs > 0 && { query_timeout: silenceMs }),
  });
  // An error event without a listener would end the process; what runs on the connection fails, and says why.
  client.on('error', () => undefined);
  const opened = client.connect().then(
    () => new PostgresqlConnection(client),
    (error: unknown) => Promise.reject(withCode(error)),
  );
  return { opened, cut: () => sockets.cut() };
}
