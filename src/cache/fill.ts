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
  /** Who holds the lease. */
  readonly holder: string;
  readonly marks: InvalidationMarks;
  /** By Redis's clock, from before anything is read. */
  readonly readAtMs: number;
  /** What was kept, as whoever asks will find it. */
  readonly onKept: (text: string) => CachedAnswer | null;
  readonly onEnd: () => void;
  /** Owns what goes on when the request is answered. */
  readonly onBackground: (work: Promise<void>) => void;
};

export type FilledAnswer = Omit<CachedAnswer, 'epoch' | 'readAtMs'>;

const maxAnswerLength = 131_072;
const maxAttempts = 3;
const backgroundDelayMs = 15;

/** The right to read an answer anew, and to have it kept. Ends with `keep` or `giveUp`, whichever comes first. */
export class Fill {
  readonly #options: FillOptions;
  #ended = false;

  constructor(options: FillOptions) {
    this.#options = options;
  }

  /** The answer as it will be found; `null` when it was not kept: then the next one who asks reads again. No fault of Redis rejects. */
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

  /** For a reader that nobody waits for: whoever asked together with this one goes first. What it throws is nobody's either. */
  inBackground(work: () => Promise<unknown>): void {
    const working = async () => {
      try {
        await this.#options.clock.sleep(backgroundDelayMs);
        await work();
      } catch {
        // The next one who asks reads for itself, and is told what is wrong.
      } finally {
        this.giveUp();
      }
    };
    this.#options.onBackground(working());
  }

  /** Nothing was read, or not all of it. */
  giveUp(): void {
    if (this.#ended) return;
    this.#options.metrics.filled('given-up');
    void this.#end();
  }

  /**
   * Not when the node lacked a write that was told before it was read. What was told meanwhile is judged by the rule that
   * will judge it when it is asked for, at the moment at which it is kept.
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
