/**
 * What the source had, and when: turns "at most N milliseconds stale" into a position that a replica must include.
 * A position counts from the clock reading taken before it was asked for, so staleness is never understated.
 */
import type { Position } from '../consistency/position.ts';
import type { Clock } from '../platform/clock.ts';

type Sample = { readonly position: Position; readonly asOfMs: number };

/** Samples are kept so far apart, and so many: together about as long as the bounds that people ask for. */
const spacingMs = 100;
const maxSamples = 64;

export class SourcePositions {
  readonly #clock: Clock;
  readonly #observe: (source: string) => Promise<Position>;
  /** Oldest first, all of `#source`. The last one is the newest there is, however near to the one before. */
  #samples: readonly Sample[] = [];
  #source: string | null = null;

  constructor(clock: Clock, observe: (source: string) => Promise<Position>) {
    this.#clock = clock;
    this.#observe = observe;
  }

  /**
   * A position of `source` that is at most `maxStalenessMs` old: the oldest that will do. Without a source, of the last one
   * there was, and `null` when that is too old. Rejects when the position can't be read.
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

  /** `source` had `position` by `asOfMs`, a reading of the monotonic clock from before it was asked. */
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
