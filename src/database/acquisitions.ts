import type { Pool, PoolConnection } from 'mariadb';
import type { Clock } from '../platform/clock.ts';
import { isAcquireTimeout, NodeDownError } from './driver-fault.ts';

/** The driver's own limit comes first where nothing was late. */
const ownShare = 0.9;

export type AcquisitionsOptions = {
  /** Counts only time in which this process could run. */
  readonly ownClock: Clock;
  /** How long somebody waits for a connection, in milliseconds: the driver's limit. */
  readonly acquireTimeoutMs: number;
};

/** Who has asked a pool for a connection and has none yet. */
export class Acquisitions {
  readonly #pool: Pool;
  readonly #options: AcquisitionsOptions;
  /** Ends the wait of each. */
  readonly #waiting = new Set<(reason: Error) => void>();

  constructor(pool: Pool, options: AcquisitionsOptions) {
    this.#pool = pool;
    this.#options = options;
  }

  /** The driver counts time in which nobody was there to take the connection: then it is asked again. */
  async acquire(): Promise<PoolConnection> {
    if (this.#pool.idleConnections() > 0) return this.#asked();
    const { ownClock, acquireTimeoutMs } = this.#options;
    let isOver = false;
    const cancel = ownClock.after(acquireTimeoutMs * ownShare, () => {
      isOver = true;
    });
    try {
      for (;;) {
        try {
          return await this.#asked();
        } catch (error) {
          if (isOver || !isAcquireTimeout(error)) throw error;
        }
      }
    } finally {
      cancel();
    }
  }

  /** Sends away everybody who waits: the driver would let them wait for a connection that cannot be opened. */
  refuse(): void {
    for (const refuse of this.#waiting) refuse(new NodeDownError());
    this.#waiting.clear();
  }

  #asked(): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      this.#pool.getConnection().then(
        (connection) => {
          if (this.#waiting.delete(reject)) resolve(connection);
          else void connection.release();
        },
        (error) => {
          this.#waiting.delete(reject);
          reject(error);
        },
      );
    });
  }
}
