/**
 * Answers to common reads, stored in Redis, each with the position that it shows.
 *
 *   FRESH                     used
 *   LATE                      one request gets the lease and refreshes; the others use it meanwhile. Under constant writes it is used
 *                             by that one as well, and refreshed in the background after a while: otherwise every few answers
 *                             would be slow, and each would be out of date before the next lookup
 *   OUTDATED, BEHIND, absent  one request gets the lease and reads; the others wait for it for a short time, then read for
 *                             themselves
 *
 * Each process has one lookup per key in flight: only that asks for the lease, so a crowd is one question to Redis. Correctness does
 * not depend on any of this: leases may be lost, two may read at once, and without Redis every request reads.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Position } from '../consistency/position.ts';
import type { PositionCodec } from '../consistency/position-codec.ts';
import { CacheUnavailableError } from '../platform/cache-error.ts';
import type { Clock } from '../platform/clock.ts';
import { type Metrics, unmeasured } from '../platform/metrics.ts';
import type { Redis } from '../platform/redis.ts';
import { CacheMetrics, missOf } from './cache-metrics.ts';
import type { CachedAnswer } from './cached-answer.ts';
import { Fill } from './fill.ts';
import { Invalidation } from './invalidation.ts';
import { type InvalidationMarks, isStorm, lackingSinceMs, stormGraceMs } from './invalidation-marks.ts';
import { type CacheRequest, type CacheVerdict, type MayAnswer, mayAnswer } from './may-answer.ts';
import { RedisAnswers } from './redis-answers.ts';
import { SharedFetches } from './shared-fetches.ts';

export type ReadCacheOptions = {
  readonly redis: Redis;
  /** Reads and writes the positions that are stored. */
  readonly positions: PositionCodec;
  readonly clock: Clock;
  /** Lifetime of an answer, in milliseconds. */
  readonly ttlMs: number;
  readonly metrics?: Metrics;
  /** Where it hears of the writes of this process. Without, `wrote` has to be called. */
  readonly commits?: CommitSource;
  /** The rule. Tests replace it with a wrong one to see that they notice. */
  readonly rule?: MayAnswer;
};

export type CommitSource = {
  /** The returned function unsubscribes. */
  readonly subscribe: (listener: (commit: { readonly position: Position | null }) => void) => () => void;
  /** The present one, in which answers are cached. */
  readonly epoch: () => number | null;
};

export type CacheQuestion = CacheRequest & {
  /** Names of the reads, all of which one answer must hold. */
  readonly reads: readonly string[];
  /** Ends the wait when the client disconnects. */
  readonly signal: () => AbortSignal;
};

export type CacheHit = {
  readonly kind: 'HIT';
  readonly answer: CachedAnswer;
  readonly ageMs: number;
  readonly waitedMs: number;
  /** To be refreshed once the request has been answered; `null` if another request does it. */
  readonly refresh: Fill | null;
};
/** FILL: read, and store the result. READ: just read. */
export type CacheTurn = CacheHit | { readonly kind: 'FILL'; readonly fill: Fill } | { readonly kind: 'READ' };

type Found = {
  readonly verdict: CacheVerdict | null;
  readonly answer: CachedAnswer | null;
  readonly marks: InvalidationMarks;
  readonly nowMs: number;
};

/** 512 answers of 128 KiB are 64 MiB, should all of them be that large. */
const maxAnswers = 512;
/** A refresh that takes longer is not waited for. */
const leaseMs = 2000;
const maxWaitMs = 300;
const pollMs = 10;
/** How late an answer may become under constant writes before it is refreshed: the rest of its grace is for the refresh. */
const stormRestMs = stormGraceMs * 0.75;

const read = { kind: 'READ' } as const;

export class ReadCache {
  readonly #answers: RedisAnswers;
  readonly #fetches: SharedFetches;
  readonly #positions: PositionCodec;
  readonly #clock: Clock;
  readonly #rule: MayAnswer;
  readonly #metrics: CacheMetrics;
  readonly #invalidation: Invalidation;
  readonly #flights = new Map<string, { readonly ended: Promise<void>; end(): void }>();
  readonly #background = new Set<Promise<void>>();
  readonly #unsubscribe: () => void;

  constructor(options: ReadCacheOptions) {
    const { redis, positions, clock, ttlMs, metrics = unmeasured, rule = mayAnswer, commits } = options;
    this.#positions = positions;
    this.#clock = clock;
    this.#rule = rule;
    this.#metrics = new CacheMetrics(metrics);
    this.#answers = new RedisAnswers(redis, { ttlMs, maxAnswers });
    this.#fetches = new SharedFetches(this.#answers, positions, clock);
    this.#invalidation = new Invalidation({ answers: this.#answers, positions, clock, metrics: this.#metrics, ttlMs });
    const unsubscribe = commits?.subscribe(({ position }) => {
      if (position !== null) this.wrote(position, commits.epoch());
    });
    this.#unsubscribe = unsubscribe ?? (() => undefined);
  }

  /** A write was committed at `position`. Returns at once. */
  wrote(position: Position, epoch: number | null): void {
    if (epoch !== null) this.#invalidation.wrote(position, epoch);
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    await this.#invalidation.close();
    await Promise.all(this.#background);
  }

  /** Whether the cache answers, or what to do instead. Never rejects because of Redis. */
  async ask(question: CacheQuestion): Promise<CacheTurn> {
    const key = keyOf(question);
    const startedMs = this.#clock.monotonic();
    const hit = (found: Found, refresh: Fill | null = null) =>
      this.#hit(found, this.#clock.monotonic() - startedMs, refresh);
    try {
      const first = await this.#fetch(key, question);
      if (first.verdict === 'FRESH' || restsInStorm(first)) return hit(first);
      const flight = this.#flights.get(key);
      if (flight === undefined) return await this.#fly(key, question, first, hit);
      if (first.verdict === 'LATE') return hit(first);
      await this.#patiently(flight.ended, question.signal());
      const second = await this.#fetch(key, question);
      return answers(second) ? hit(second) : this.#miss(second);
    } catch (error) {
      if (!(error instanceof CacheUnavailableError)) throw error;
      this.#metrics.missed('unavailable');
      return read;
    }
  }

  async #fly(
    key: string,
    question: CacheQuestion,
    first: Found,
    hit: (found: Found, refresh?: Fill) => CacheHit,
  ): Promise<CacheTurn> {
    const end = this.#takeOff(key);
    let filling = false;
    try {
      for (let found = first; ; found = await this.#fetch(key, question)) {
        if (answers(found) && found !== first) return hit(found);
        const holder = randomUUID();
        if (await this.#answers.lease(question.epoch, key, holder, leaseMs)) {
          // The previous holder of the lease may just have stored it.
          const now = await this.#fetch(key, question);
          if (now.verdict === 'FRESH') {
            await this.#answers.release(question.epoch, key, holder);
            return hit(now);
          }
          filling = true;
          const fill = this.#fill(key, question.epoch, holder, now, end);
          if (now.verdict === 'LATE' && isStorm(now.marks, now.nowMs)) return hit(now, fill);
          this.#miss(now);
          return { kind: 'FILL', fill };
        }
        if (found.verdict === 'LATE') return hit(found);
        const overdue = found.nowMs - first.nowMs >= maxWaitMs;
        if (overdue || !(await this.#pause(question.signal()))) return this.#miss(found);
      }
    } finally {
      if (!filling) end();
    }
  }

  #fill(key: string, epoch: number, holder: string, { marks, nowMs: readAtMs }: Found, onEnd: () => void): Fill {
    return new Fill({
      positions: this.#positions,
      clock: this.#clock,
      answers: this.#answers,
      metrics: this.#metrics,
      rule: this.#rule,
      epoch,
      key,
      holder,
      marks,
      readAtMs,
      onKept: (text) => this.#fetches.remember(key, text),
      onEnd,
      onBackground: (work) => this.#own(work),
    });
  }

  #own(work: Promise<void>): void {
    this.#background.add(work);
    void work.finally(() => this.#background.delete(work));
  }

  async #fetch(key: string, question: CacheQuestion): Promise<Found> {
    const { answer, marks, nowMs } = await this.#fetches.fetch(question.epoch, key);
    if (answer === null || question.reads.some((name) => !(name in answer.values))) {
      return { verdict: null, answer: null, marks, nowMs };
    }
    return { verdict: this.#rule(answer, question, marks, nowMs), answer, marks, nowMs };
  }

  #hit({ answer, verdict, nowMs }: Found, waitedMs: number, refresh: Fill | null): CacheHit {
    if (answer === null) throw new Error('No cached answer was found');
    const ageMs = Math.max(0, nowMs - answer.readAtMs);
    this.#metrics.hit(verdict === 'LATE' ? 'late-hit' : 'hit', ageMs);
    return { kind: 'HIT', answer, ageMs, waitedMs, refresh };
  }

  #miss({ verdict }: Found): typeof read {
    this.#metrics.missed(verdict === null ? 'absent' : missOf[verdict]);
    return read;
  }

  #takeOff(key: string): () => void {
    let resolve = () => {};
    const ended = new Promise<void>((fulfil) => {
      resolve = fulfil;
    });
    const flight = {
      ended,
      end: () => {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
        resolve();
      },
    };
    this.#flights.set(key, flight);
    return flight.end;
  }

  async #patiently(ended: Promise<void>, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const waiting = this.#clock.sleep(maxWaitMs, { signal: AbortSignal.any([signal, over.signal]), unref: true });
    await Promise.race([ended, waiting]).catch(() => undefined);
    over.abort();
    await waiting.catch(() => undefined);
  }

  /** False if the client has disconnected. */
  #pause(signal: AbortSignal): Promise<boolean> {
    return this.#clock.sleep(pollMs, { signal, unref: true }).then(
      () => true,
      () => false,
    );
  }
}

function answers({ verdict }: Found): boolean {
  return verdict === 'FRESH' || verdict === 'LATE';
}

function restsInStorm({ answer, verdict, marks, nowMs }: Found): boolean {
  if (answer === null || verdict !== 'LATE' || !isStorm(marks, nowMs)) return false;
  const sinceMs = lackingSinceMs(marks, answer.includes);
  return sinceMs !== null && nowMs - sinceMs < stormRestMs;
}

function keyOf({ epoch, reads }: CacheQuestion): string {
  const names = [String(epoch), ...[...reads].sort()];
  return createHash('sha256').update(names.join('\n')).digest('base64url').slice(0, 22);
}
