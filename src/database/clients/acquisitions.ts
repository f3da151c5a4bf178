import type { Clock } from '../../platform/clock.ts';
import type { ConnectionPool, PooledConnection } from '../../servers/connection.ts';
import { NodeDownError } from '../../servers/driver-fault.ts';
import { isAcquireTimeout } from '../../servers/faults.ts';

/** The driver's own limit comes first where nothing was late. */
const ownShare = 0.9;

export type AcquisitionsOptions = {
  /** Counts only time in which this process could run. */
  readonly ownClock: Clock;
  /** The factor by which waits may be longer now. Default: 1. */
  readonly stretch?: () => number;
  /** How long a request waits for a connection, in milliseconds: the driver's limit. */
  readonly acquireTimeoutMs: number;
};

/** Requests that are waiting for a connection of the pool. */
export class Acquisitions {
  readonly #pool: Pick<ConnectionPool, 'getConnection'>;
  readonly #options: AcquisitionsOptions;
  /** Ends the wait of each. */
  readonly #waiting = new Set<(reason: Error) => void>();

  constructor(pool: Pick<ConnectionPool, 'getConnection'>, options: AcquisitionsOptions) {
    this.#pool = pool;
    this.#options = options;
  }

  /**
   * The driver also counts time in which this process could not run: then it is asked again. The same holds for a pool with
   * idle connections: after a pause it takes them for dead, one after the other, and opens new ones.
   */
  async acquire(): Promise<PooledConnection> {
    const patience = this.#patience();
    try {
      for (;;) {
        try {
          return await this.#asked();
        } catch (error) {
          if (patience.isOver || !isAcquireTimeout(error)) throw error;
        }
      }
    } finally {
      patience.end();
    }
  }

  /** Rejects all waiting requests: the driver would let them wait for a connection that cannot be opened. */
  refuse(): void {
    for (const refuse of this.#waiting) refuse(new NodeDownError());
    this.#waiting.clear();
  }

  /** Over when the limit has passed, as many times as this process is short of its own time by then. */
  #patience(): { isOver: boolean; end(): void } {
    const { ownClock, stretch = () => 1, acquireTimeoutMs } = this.#options;
    const limitMs = acquireTimeoutMs * ownShare;
    let cancel = () => {};
    const patience = { isOver: false, end: () => cancel() };
    const wait = (ms: number, times: number) => {
      cancel = ownClock.after(ms, () => {
        const more = stretch() - times;
        if (more > 0) wait(limitMs * more, times + more);
        else patience.isOver = true;
      });
    };
    wait(limitMs, 1);
    return patience;
  }

  #asked(): Promise<PooledConnection> {
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
