import type { PositionCodec } from '../consistency/position-codec.ts';
import { CacheUnavailableError } from '../platform/cache-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { CacheMetrics, KeepResult } from './cache-metrics.ts';
import { type CachedAnswer, writeAnswer } from './cached-answer.ts';
import { type InvalidationMarks, lackingSinceMs, readMarks } from './invalidation-marks.ts';
import type { MayAnswer } from './may-answer.ts';
import type { RedisAnswers } from './redis-answers.ts';

export type FillOptions = {
  readonly clock: Clock;
  readonly answers: RedisAnswers;
  readonly positions: PositionCodec;
  readonly metrics: CacheMetrics;
  readonly rule: MayAnswer;
  readonly epoch: number;
  readonly key: string;
  /** Identifies the holder of the lease. */
  readonly holder: string;
  readonly marks: InvalidationMarks;
  /** Redis's clock before anything is read. */
  readonly readAtMs: number;
  /** The stored answer, as later lookups will find it. */
  readonly onKept: (text: string) => CachedAnswer | null;
  readonly onEnd: () => void;
  /** Owns work that continues after the request has been answered. */
  readonly onBackground: (work: Promise<void>) => void;
};

export type FilledAnswer = Omit<CachedAnswer, 'epoch' | 'readAtMs'>;

const maxAnswerLength = 131_072;
const maxAttempts = 3;
const backgroundDelayMs = 15;

/** The right to refresh an answer. Ends with `keep` or `giveUp`, whichever comes first. */
export class Fill {
  readonly #options: FillOptions;
  #ended = false;

  constructor(options: FillOptions) {
    this.#options = options;
  }

  /** The answer as it will be found; `null` if it was not stored: the next lookup then reads again. Never rejects because of Redis. */
  async keep(filled: FilledAnswer): Promise<CachedAnswer | null> {
    if (this.#ended) return null;
    const { metrics, epoch, readAtMs, onKept } = this.#options;
    const answer: CachedAnswer = { ...filled, epoch, readAtMs };
    const text = writeAnswer(answer);
    try {
      const result = await this.#keep(answer, text);
      metrics.filled(result);
      return result === 'kept' ? onKept(text) : null;
    } catch (error) {
      if (!(error instanceof CacheUnavailableError)) throw error;
      metrics.filled('unavailable');
      return null;
    } finally {
      await this.#end();
    }
  }

  /** For a refresh that no request waits for: requests that came together with it go first. Its errors concern no request. */
  inBackground(work: () => Promise<unknown>): void {
    const working = async () => {
      try {
        await this.#options.clock.sleep(backgroundDelayMs);
        await work();
      } catch {
        // The next reader meets the fault itself.
      } finally {
        this.giveUp();
      }
    };
    this.#options.onBackground(working());
  }

  /** Nothing, or not everything, was read. */
  giveUp(): void {
    if (this.#ended) return;
    this.#options.metrics.filled('given-up');
    void this.#end();
  }

  /**
   * Not stored if the node lacked a write announced before it was read. Writes announced in the meantime are judged at the moment of
   * storing, by the rule that lookups use.
   */
  async #keep(answer: CachedAnswer, text: string): Promise<KeepResult> {
    const { answers, positions, rule, epoch, key, readAtMs } = this.#options;
    if (text.length > maxAnswerLength) return 'too-large';
    let { marks } = this.#options;
    let nowMs = readAtMs;
    if (lackingSinceMs(marks, answer.includes) !== null) return 'outdated';
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      if (rule(answer, { epoch, position: null }, marks, nowMs) === 'OUTDATED') return 'outdated';
      const { done, ...now } = await answers.keep(epoch, key, text, marks.version);
      if (done) return 'kept';
      marks = readMarks(now.marks, positions);
      nowMs = now.nowMs;
    }
    return 'contended';
  }

  async #end(): Promise<void> {
    const { answers, epoch, key, holder, onEnd } = this.#options;
    this.#ended = true;
    await answers.release(epoch, key, holder).catch(() => undefined);
    onEnd();
  }
}
