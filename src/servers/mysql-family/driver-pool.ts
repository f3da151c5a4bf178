import type { EventEmitter } from 'node:events';
import { createPool } from 'mariadb';
import { maxCommitMs } from '../../cluster/commit-patience.ts';
import type { GreetingLimit, OpenedPool, PoolSettings } from '../driver.ts';
import type { ServerAddress } from '../server-address.ts';
import { connectionOptions } from './connection-options.ts';
import { connectFactor, onConnect, poolSettings } from './session-settings.ts';
import { Sockets } from './sockets.ts';

/**
 * On a connection that has gone silent the server cannot end a statement; the driver does. A commit that waits to be
 * acknowledged is as silent, and has a deadline of its own (commit-deadline.ts), which comes first.
 */
const silenceGraceMs = 2000;
/** Only texts that could hold several statements are prepared: they are rare, and each stays prepared until it is evicted. */
const preparedPerConnection = 16;

/** Opens no connection until one is requested. */
export function openPool(address: ServerAddress, settings: PoolSettings, greeting: GreetingLimit): OpenedPool {
  const sockets = new Sockets(address, greeting);
  const pool = createPool({
    ...connectionOptions(address),
    stream: sockets.connect,
    socketTimeout: maxCommitMs(settings) + silenceGraceMs,
    prepareCacheLength: preparedPerConnection,
    connectionLimit: settings.connectionsPerNode,
    minimumIdle: 0,
    acquireTimeout: settings.acquireTimeoutMs,
    // An idle connection that answers slowly is not dead, and a slow process takes even longer to open a new one.
    pingTimeout: settings.acquireTimeoutMs,
    initializationTimeout: settings.acquireTimeoutMs * connectFactor,
    connectTimeout: settings.acquireTimeoutMs * connectFactor,
    idleTimeout: 60,
    // Only `CapturingPool` uses it, and does not pass it on.
    multipleStatements: true,
    initSql: [...onConnect(address.database), poolSettings(settings.statementTimeoutMs, settings)],
  });
  // The driver's types omit that pools emit errors; an error event without a listener would end the process.
  (pool as unknown as EventEmitter).on('error', () => undefined);
  return { pool, cut: () => sockets.cut() };
}
