import { type Client, Pool, type PoolClient, type PoolConfig } from 'pg';
import { maxCommitMs } from '../../cluster/commit-patience.ts';
import type { ConnectionPool, PooledConnection, Statement } from '../connection.ts';
import type { GreetingLimit, OpenedPool, PoolSettings } from '../driver.ts';
import type { ServerAddress } from '../server-address.ts';
import { clientOptions } from './client-options.ts';
import { PostgresqlPooledConnection } from './connection.ts';
import { withCode } from './lost-connection.ts';
import { pooledSession } from './session-settings.ts';
import { Sockets } from './sockets.ts';

/**
 * On a connection that has gone silent the server cannot end a statement; the driver does. A commit that waits to be acknowledged is
 * as silent, and has a deadline of its own (commit-deadline.ts), which comes first.
 */
const silenceGraceMs = 2000;
const idleMs = 60_000;

/** Opens no connection until one is requested. */
export function openPool(address: ServerAddress, settings: PoolSettings, greeting: GreetingLimit): OpenedPool {
  const sockets = new Sockets(greeting);
  const longestCommitMs = maxCommitMs(settings);
  const config: PoolConfig = {
    ...clientOptions(address, pooledSession(settings, longestCommitMs), sockets),
    max: settings.connectionsPerNode,
    min: 0,
    idleTimeoutMillis: idleMs,
    connectionTimeoutMillis: settings.acquireTimeoutMs,
    query_timeout: longestCommitMs + silenceGraceMs,
    allowExitOnIdle: true,
  };
  const pool = new Pool(config);
  // An error event without a listener would end the process.
  pool.on('error', () => undefined);
  return { pool: new PostgresqlPool(pool), cut: () => sockets.cut() };
}

class PostgresqlPool implements ConnectionPool {
  readonly #pool: Pool;
  #used = 0;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async getConnection(): Promise<PooledConnection> {
    const client = await this.#pool.connect().catch((error: unknown) => Promise.reject(withCode(error)));
    this.#used += 1;
    client.on('error', ignore);
    return new PostgresqlPooledConnection(client as unknown as Client, (isBroken) => this.#takeBack(client, isBroken));
  }

  #takeBack(client: PoolClient, isBroken: boolean): void {
    this.#used -= 1;
    client.off('error', ignore);
    client.release(isBroken);
  }

  async query<T>(statement: Statement, values?: unknown): Promise<T> {
    const connection = await this.getConnection();
    return connection.query<T>(statement, values).finally(() => connection.release());
  }

  async execute<T>(statement: Statement, values?: unknown): Promise<T> {
    const connection = await this.getConnection();
    return connection.execute<T>(statement, values).finally(() => connection.release());
  }

  end(): Promise<void> {
    return this.#pool.end();
  }

  activeConnections = (): number => this.#used;
  idleConnections = (): number => this.#pool.idleCount;
  taskQueueSize = (): number => this.#pool.waitingCount;
}

/** What runs on the connection fails, and says why. */
const ignore = (): void => undefined;
