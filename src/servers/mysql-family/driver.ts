import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { createConnection, type Pool } from 'mariadb';
import type { Driver, Opening, OpenOptions } from '../driver.ts';
import type { ServerAddress } from '../server-address.ts';
import { keysNamedBy, readWrite, targetOf } from '../simple-writes.ts';
import { connectionOptions } from './connection-options.ts';
import { openPool } from './driver-pool.ts';
import { familyFaults } from './faults.ts';
import { mayHoldSeveral } from './joined-statements.ts';
import {
  beginToWrite,
  connectFactor,
  onLongConnection,
  quotedName,
  sessionRefusesWrites,
  sessionWrites,
} from './session-settings.ts';
import { isAutocommitting, isInTransaction, keyOf } from './session-state.ts';
import { Sockets } from './sockets.ts';
import { mayChangeConnection, mayLeaveTransaction, roleOf } from './statement-role.ts';

export const familyDriver: Driver = {
  schemes: ['mysql', 'mariadb'],
  defaultPort: 3306,
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
  faults: familyFaults,
  open,
  openPool,
  // The text protocol keeps statements in the order in which they are sent. The adapter asks for the driver's own type, and
  // calls only what our pools have.
  adapter: (pool, database) => new PrismaMariaDb(pool as unknown as Pool, { database, useTextProtocol: true }),
  keyOf,
  isInTransaction,
  isAutocommitting,
  nothing: 'DO 0',
};

function open(address: ServerAddress, { timeoutMs, silenceMs = 0, bare = false }: OpenOptions): Opening {
  const sockets = new Sockets(address);
  const opened = createConnection({
    ...connectionOptions(address),
    stream: sockets.connect,
    connectTimeout: timeoutMs * connectFactor,
    socketTimeout: silenceMs,
    ...(bare ? { initSql: [] } : { initSql: [...onLongConnection(address.database)], timezone: 'Z' }),
  });
  return { opened, cut: () => sockets.cut() };
}
