/**
 * Answers, marks and leases in Redis. All times are by Redis's clock, the only one that all processes share.
 *
 *   <prefix>cache:<epoch>:answer:<key>   one answer; expires by itself
 *   <prefix>cache:<epoch>:lease:<key>    a process is refreshing it
 *   <prefix>cache:<epoch>:marks          announced writes; outlives every older answer
 *   <prefix>cache:answers                index of the answers by expiry: at most `maxAnswers`, the oldest is evicted first
 */
import type { Redis } from '../platform/redis.ts';

const now = `local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))`;

const fetch = `${now}
return {redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2]), now}`;

const release = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`;

// Stored only if no write was announced since the caller judged the answer; otherwise the caller gets the marks and judges again.
const store = `${now}
local marks = redis.call('GET', KEYS[2])
if (marks and string.match(marks, '^[^\\n]*') or '') ~= ARGV[1] then return {0, marks, now} end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
if not redis.call('ZSCORE', KEYS[3], KEYS[1]) and redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[4]) then
  local oldest = redis.call('ZPOPMIN', KEYS[3])
  redis.call('DEL', oldest[1])
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('ZADD', KEYS[3], now + ARGV[3], KEYS[1])
redis.call('PEXPIRE', KEYS[3], ARGV[3])
return {1, marks, now}`;

const mark = `${now}
local marks = redis.call('GET', KEYS[1])
if (marks and string.match(marks, '^[^\\n]*') or '') ~= ARGV[1] then return {0, marks, now} end
redis.call('SET', KEYS[1], ARGV[2] .. '\\n' .. ARGV[3] .. now .. ' ' .. ARGV[4], 'PX', ARGV[5])
return {1, marks, now}`;

/** An answer may be stored this long after it was read, and must not outlive what was announced meanwhile. */
const slowestReadMs = 60_000;

export type Fetched = { readonly answer: string | null; readonly marks: string | null; readonly nowMs: number };
/** Not `done`: another process was faster, and these are the current marks. */
export type Attempt = { readonly done: boolean; readonly marks: string | null; readonly nowMs: number };

/** Everything rejects with `CacheUnavailableError`. */
export class RedisAnswers {
  readonly #redis: Redis;
  readonly #ttlMs: number;
  readonly #maxAnswers: number;

  constructor(redis: Redis, { ttlMs, maxAnswers }: { ttlMs: number; maxAnswers: number }) {
    this.#redis = redis;
    this.#ttlMs = ttlMs;
    this.#maxAnswers = maxAnswers;
  }

  async fetch(epoch: number, key: string): Promise<Fetched> {
    const found = await this.#redis.run(fetch, [this.#key(epoch, 'answer', key), this.#key(epoch, 'marks')], []);
    const [answer, marks, nowMs] = found as [string | null, string | null, string];
    return { answer, marks, nowMs: Number(nowMs) };
  }

  async keep(epoch: number, key: string, text: string, marksVersion: string): Promise<Attempt> {
    const keys = [this.#key(epoch, 'answer', key), this.#key(epoch, 'marks'), this.#redis.key('cache', 'answers')];
    return attempt(await this.#redis.run(store, keys, [marksVersion, text, this.#ttlMs, this.#maxAnswers]));
  }

  /** `older` are the lines of the remaining marks. */
  async mark(
    epoch: number,
    marksVersion: string,
    { version, older, position }: { version: string; older: readonly string[]; position: string },
  ): Promise<Attempt> {
    const kept = older.map((line) => `${line}\n`).join('');
    const values = [marksVersion, version, kept, position, this.#ttlMs * 2 + slowestReadMs];
    return attempt(await this.#redis.run(mark, [this.#key(epoch, 'marks')], values));
  }

  /** True if no other process has it. It expires after `leaseMs`. */
  async lease(epoch: number, key: string, holder: string, leaseMs: number): Promise<boolean> {
    return (await this.#redis.call('set', [this.#key(epoch, 'lease', key), holder, 'NX', 'PX', leaseMs])) === 'OK';
  }

  async release(epoch: number, key: string, holder: string): Promise<void> {
    await this.#redis.run(release, [this.#key(epoch, 'lease', key)], [holder]);
  }

  #key(epoch: number, ...words: readonly string[]): string {
    return this.#redis.key('cache', String(epoch), ...words);
  }
}

function attempt(answer: unknown): Attempt {
  const [done, marks, nowMs] = answer as [number, string | null, string];
  return { done: done === 1, marks, nowMs: Number(nowMs) };
}
