/**
 * Shared lookups: requests that come during a lookup share the next one, so that a crowd costs Redis two questions. A lookup never
 * starts before its caller asked. An answer is parsed once, however many lookups find it.
 */
import type { PositionCodec } from '../consistency/position-codec.ts';
import type { Clock } from '../platform/clock.ts';
import { NextFlight } from '../platform/single-flight.ts';
import { type CachedAnswer, readAnswer } from './cached-answer.ts';
import { type InvalidationMarks, noMarks, readMarks } from './invalidation-marks.ts';
import type { RedisAnswers } from './redis-answers.ts';

export type Seen = {
  /** `null` if there is no readable one. */
  readonly answer: CachedAnswer | null;
  readonly marks: InvalidationMarks;
  /** By Redis's clock. */
  readonly nowMs: number;
};

type Flight = { readonly fetches: NextFlight<Seen>; waiting: number };
type Read<T> = { readonly text: string; readonly value: T };

/** Of 128 KiB at most, each. */
const maxRead = 32;

export class SharedFetches {
  readonly #answers: Pick<RedisAnswers, 'fetch'>;
  readonly #positions: PositionCodec;
  readonly #clock: Clock;
  readonly #flights = new Map<string, Flight>();
  /** Evicts the least recently found first. */
  readonly #read = new Map<string, Read<CachedAnswer | null>>();
  #marks: Read<InvalidationMarks> | null = null;

  constructor(answers: Pick<RedisAnswers, 'fetch'>, positions: PositionCodec, clock: Clock) {
    this.#answers = answers;
    this.#positions = positions;
    this.#clock = clock;
  }

  /** `key` belongs to that epoch alone. Rejects with `CacheUnavailableError`. */
  async fetch(epoch: number, key: string): Promise<Seen> {
    const flight = this.#flights.get(key) ?? this.#prepare(epoch, key);
    flight.waiting += 1;
    try {
      return await flight.fetches.run();
    } finally {
      flight.waiting -= 1;
      if (flight.waiting === 0) this.#flights.delete(key);
    }
  }

  #prepare(epoch: number, key: string): Flight {
    const fetch = async () => {
      const { answer, marks, nowMs } = await this.#answers.fetch(epoch, key);
      return { answer: this.#reuseAnswer(key, answer), marks: this.#reuseMarks(marks), nowMs };
    };
    const flight = { fetches: new NextFlight(fetch, { clock: this.#clock }), waiting: 0 };
    this.#flights.set(key, flight);
    return flight;
  }

  /** What a lookup will find: the same object. */
  remember(key: string, text: string): CachedAnswer | null {
    return this.#reuseAnswer(key, text);
  }

  #reuseAnswer(key: string, text: string | null): CachedAnswer | null {
    const known = this.#read.get(key);
    this.#read.delete(key);
    if (text === null) return null;
    const read = known?.text === text ? known : { text, value: readAnswer(text, this.#positions) };
    this.#read.set(key, read);
    if (this.#read.size > maxRead) {
      const [oldest] = this.#read.keys();
      if (oldest !== undefined) this.#read.delete(oldest);
    }
    return read.value;
  }

  #reuseMarks(text: string | null): InvalidationMarks {
    if (text === null) return noMarks;
    if (this.#marks?.text !== text) this.#marks = { text, value: readMarks(text, this.#positions) };
    return this.#marks.value;
  }
}
