import { randomUUID } from 'node:crypto';
import type { Redis } from '../platform/redis.ts';
import type { Lease, Leases } from './leases.ts';

/** Work under a lease takes seconds, and callers can wait; a slow moment must not look like a lost lease. */
const patience = { patienceMs: 1000 };

/** How long the time of the last completed work is remembered. */
const memoryMs = 7 * 24 * 3600 * 1000;

// Redis's clock is the only one that all processes share.
const nowMs = "local time = redis.call('TIME') local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)";

const renewOwn = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

// The work was done, even if the lease has expired meanwhile.
const releaseOwn = `
${nowMs}
if ARGV[2] == 'done' then redis.call('SET', KEYS[2], string.format('%.0f', nowMs), 'PX', ARGV[3]) end
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`;

const sinceDone = `
${nowMs}
local doneMs = redis.call('GET', KEYS[1])
if not doneMs then return false end
return string.format('%.0f', math.max(0, nowMs - tonumber(doneMs)))`;

export class RedisLeases implements Leases {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async acquire(name: string, ttlMs: number): Promise<Lease | null> {
    const owner = randomUUID();
    const key = this.#redis.key('lease', name);
    const taken = await this.#redis.call('set', [key, owner, 'NX', 'PX', ttlMs], patience);
    return taken === 'OK' ? this.#lease(name, key, owner, ttlMs) : null;
  }

  async lastDone(name: string): Promise<number | null> {
    const age = await this.#redis.run(sinceDone, [this.#doneKey(name)], [], patience);
    return age === null ? null : Number(age);
  }

  #lease(name: string, key: string, owner: string, ttlMs: number): Lease {
    return {
      renew: async () => {
        try {
          return (await this.#redis.run(renewOwn, [key], [owner, ttlMs], patience)) === 1;
        } catch {
          return false;
        }
      },
      release: async ({ done = false } = {}) => {
        const word = done ? 'done' : 'left';
        await this.#redis.run(releaseOwn, [key, this.#doneKey(name)], [owner, word, memoryMs], patience);
      },
    };
  }

  #doneKey(name: string): string {
    return this.#redis.key('lease-done', name);
  }
}
