/**
 * Announces committed writes to the caches of all processes, after the commit.
 *
 *   IDLE     --a write--> TELLING
 *   TELLING  --told--> RESTING                       further writes are collected and announced together
 *   TELLING  --Redis does not answer--> RESTING      what was not announced is announced with the next write
 *   RESTING  --spacingMs--> TELLING, or IDLE if there is nothing to announce
 *
 * So Redis gets a burst of writes as a few announcements a second, and a single write at once. What could not be announced for as
 * long as answers live need not be announced any more.
 */
import { randomUUID } from 'node:crypto';
import type { Position } from '../consistency/position.ts';
import type { PositionCodec } from '../consistency/position-codec.ts';
import type { Clock } from '../platform/clock.ts';
import type { CacheMetrics } from './cache-metrics.ts';
import { noMarks, readMarks, withRoom, writeMark } from './invalidation-marks.ts';
import type { RedisAnswers } from './redis-answers.ts';

export type InvalidationOptions = {
  readonly answers: RedisAnswers;
  readonly positions: PositionCodec;
  readonly clock: Clock;
  readonly metrics: CacheMetrics;
  /** Lifetime of answers, in milliseconds. */
  readonly ttlMs: number;
};

type Told = { readonly epoch: number; readonly position: Position; readonly sinceMs: number };

const spacingMs = 200;
const maxAttempts = 5;

export class Invalidation {
  readonly #options: InvalidationOptions;
  readonly #closing = new AbortController();
  #waiting: Told | null = null;
  #running: Promise<void> | null = null;
  #known = noMarks;

  constructor(options: InvalidationOptions) {
    this.#options = options;
  }

  /** A write was committed. Returns at once. */
  wrote(position: Position, epoch: number): void {
    if (this.#closing.signal.aborted) return;
    this.#add({ position, epoch, sinceMs: this.#options.clock.monotonic() });
    this.#running ??= this.#tell().finally(() => {
      this.#running = null;
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #tell(): Promise<void> {
    const { clock, ttlMs, metrics } = this.#options;
    const { signal } = this.#closing;
    while (this.#waiting !== null && !signal.aborted) {
      const told = this.#waiting;
      this.#waiting = null;
      const done = await this.#mark(told).catch(() => false);
      metrics.told(done ? 'told' : 'lost');
      if (!done && clock.monotonic() - told.sinceMs < ttlMs) this.#add(told);
      await clock.sleep(spacingMs, { signal, unref: true }).catch(() => undefined);
    }
  }

  /** False if other processes were faster each time. */
  async #mark({ epoch, position }: Told): Promise<boolean> {
    const { answers, positions } = this.#options;
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const { version: before, marks } = this.#known;
      const older = withRoom(marks);
      const version = randomUUID();
      const lines = older.map((mark) => writeMark(mark, positions));
      const mark = { version, older: lines, position: positions.writeText(position) };
      const { done, nowMs, ...now } = await answers.mark(epoch, before, mark);
      this.#known = done ? { version, marks: [...older, { position, atMs: nowMs }] } : readMarks(now.marks, positions);
      if (done) return true;
    }
    return false;
  }

  /** A write of a former epoch means nothing in the current one. */
  #add(told: Told): void {
    const { position, epoch, sinceMs } = told;
    const before = this.#waiting;
    if (before === null || before.epoch < epoch) this.#waiting = told;
    else if (before.epoch === epoch) {
      const merged = before.position.merge(position);
      this.#waiting = { epoch, position: merged, sinceMs: Math.min(sinceMs, before.sinceMs) };
    }
  }
}
