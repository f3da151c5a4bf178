import { createPool, type Pool } from 'mariadb';
import { longestCommitMs } from '../../cluster/commit-patience.ts';
import type { ServerAddress } from '../server-address.ts';
import { connectionOptions } from './connection-options.ts';
import { connectFactor, onConnect, poolSettings } from './session-settings.ts';
import type { Sockets } from './sockets.ts';

export type PoolSettings = {
  readonly connectionsPerNode: number;
  /** How long a request waits for a free connection, in milliseconds. */
  readonly acquireTimeoutMs: number;
  /** The server ends a statement that runs longer, in milliseconds. */
  readonly statementTimeoutMs: number;
  /** Nobody waits for the answer to a COMMIT for longer, in milliseconds; 15 seconds unless told. */
  readonly longestCommitMs?: number;
  /** The servers refuse writes on these connections. */
  readonly onlyReads?: boolean;
};

/**
 * On a connection that has gone silent the server cannot end anything: then the driver does. A commit that waits to be
 * acknowledged is as silent, and has a deadline of its own (commit-deadline.ts), which comes first.
 */
const silenceGraceMs = 2000;
/** Only texts that could hold several statements are prepared: rare, and each stays on its connection until it is crowded out. */
const preparedPerConnection = 16;

/** Opens nothing until it is asked. */
export function openPool(address: ServerAddress, settings: PoolSettings, sockets: Sockets): Pool {
  return createPool({
    ...connectionOptions(address),
    stream: sockets.connect,
    socketTimeout: longestCommitMs(settings) + silenceGraceMs,
    prepareCacheLength: preparedPerConnection,
    connectionLimit: settings.connectionsPerNode,
    minimumIdle: 0,
    acquireTimeout: settings.acquireTimeoutMs,
    // An idle connection that is slow to answer is not dead, and a new one takes a slow process longer still.
    pingTimeout: settings.acquireTimeoutMs,
    initializationTimeout: settings.acquireTimeoutMs * connectFactor,
    connectTimeout: settings.acquireTimeoutMs * connectFactor,
    idleTimeout: 60,
    // Only `CapturingPool` makes use of it, and lets nobody else.
    multipleStatements: true,
    initSql: [...onConnect(address.database), poolSettings(settings.statementTimeoutMs, settings)],
  });
}
