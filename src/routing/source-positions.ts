/**
 * What the source had, and when: turns "at most N milliseconds stale" into a position that a replica must include.
 * A position counts from the clock reading taken before it was requested, so staleness is never understated.
 */
import type { Position } from '../consistency/position.ts';
import type { Clock } from '../platform/clock.ts';

type Sample = { readonly position: Position; readonly asOfMs: number };

/** Interval and number of samples: together about as long as common bounds. */
const spacingMs = 100;
const maxSamples = 64;

export class SourcePositions {
  readonly #clock: Clock;
  readonly #observe: (source: string) => Promise<Position>;
  /** Oldest first, all of `#source`. The last one is the newest, however close to the one before. */
  #samples: readonly Sample[] = [];
  #source: string | null = null;

  constructor(clock: Clock, observe: (source: string) => Promise<Position>) {
    this.#clock = clock;
    this.#observe = observe;
  }

  /**
   * A position of `source` at most `maxStalenessMs` old: the oldest that suffices. Without a source, one of the last source, and `null` if
   * that is too old. Rejects if the position cannot be read.
   */
  async within(maxStalenessMs: number, source: string | null): Promise<Position | null> {
    const oldestMs = this.#clock.monotonic() - maxStalenessMs;
    const samples = source === null || source === this.#source ? this.#samples : [];
    const known = samples.find((sample) => sample.asOfMs >= oldestMs);
    if (known !== undefined) return known.position;
    if (source === null) return null;
    this.#follow(source);
    const asOfMs = this.#clock.monotonic();
    const position = await this.#observe(source);
    if (source === this.#source) this.#add({ position, asOfMs });
    return position;
  }

  /** `source` had `position` by `asOfMs`, a reading of the monotonic clock from before it was requested. */
  note(source: string, position: Position, asOfMs: number): void {
    this.#follow(source);
    this.#add({ position, asOfMs });
  }

  #follow(source: string): void {
    if (source !== this.#source) this.#samples = [];
    this.#source = source;
  }

  #add(sample: Sample): void {
    const newest = this.#samples.at(-1);
    if (newest !== undefined && sample.asOfMs <= newest.asOfMs) return;
    const before = this.#samples.at(-2);
    const crowded = newest !== undefined && before !== undefined && newest.asOfMs - before.asOfMs < spacingMs;
    const kept = crowded ? this.#samples.slice(0, -1) : this.#samples.slice(1 - maxSamples);
    this.#samples = [...kept, sample];
  }
}
