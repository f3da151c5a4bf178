import type { Clock } from '../platform/clock.ts';
import type { Redis } from '../platform/redis.ts';
import type { Cluster } from './cluster.ts';
import { RedisStatusBoard } from './redis-status-board.ts';
import { StatusSharing } from './status-sharing.ts';

export type SharedStatusesOptions = {
  readonly redis: Redis;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly random: () => number;
  /** Lifetime of a status that is not renewed, in milliseconds. */
  readonly ttlMs: number;
};

/** A status is renewed often enough to survive a lost attempt. */
const upholdsPerTtl = 3;

/** Shares the statuses of a cluster through Redis, and publishes events when Redis is lost and restored. Ends with `stop`. */
export class SharedStatuses {
  readonly #options: SharedStatusesOptions;
  readonly #sharing: StatusSharing;

  constructor(options: SharedStatusesOptions) {
    const { redis, ttlMs } = options;
    this.#options = options;
    this.#sharing = new StatusSharing({
      ...options,
      board: new RedisStatusBoard(redis, ttlMs),
      upholdEveryMs: ttlMs / upholdsPerTtl,
    });
  }

  /** The trouble, phrased to follow "Redis"; `null` if it answers. */
  get trouble(): string | null {
    return this.#options.redis.trouble;
  }

  /** Must be called before the cluster starts. Resolves within a second, even without Redis. */
  async start(): Promise<void> {
    let missed = false;
    this.#options.redis.onChange((trouble) => {
      if (trouble !== null) this.#publish('CACHE_UNAVAILABLE', { trouble });
      else if (missed) this.#publish('CACHE_RESTORED', {});
      missed = trouble !== null;
      if (!missed) void this.#sharing.refresh();
    });
    // The statuses have been lost.
    this.#options.redis.onEmptied(() => void this.#sharing.refresh());
    await this.#options.redis.start();
    await this.#sharing.start();
  }

  async stop(): Promise<void> {
    await this.#sharing.stop();
    await this.#options.redis.close();
  }

  #publish(name: 'CACHE_UNAVAILABLE' | 'CACHE_RESTORED', facts: Readonly<Record<string, string>>): void {
    this.#options.cluster.events.publish({ name, node: null, facts });
  }
}
