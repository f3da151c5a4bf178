/**
 * Long and short work on one thread. Between two pieces of long work, short work that is under way goes first; if there is always
 * some, long work waits for a few times the length of a piece, and then continues.
 */
import type { Clock } from './clock.ts';

const timesAPiece = 4;
const maxMs = 50;

export class ShortFirst {
  readonly #clock: Clock;
  /** Ends the wait of the next piece, if that waits for short work. */
  #goOn: (() => void) | null = null;
  /** Go on when they are called. */
  readonly #pieces: (() => void)[] = [];
  #releasing = false;
  #short = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Starts work that may be short. The returned function says that it has ended, or is long; only the first call counts. */
  begin(): () => void {
    let over = false;
    this.#short += 1;
    return () => {
      if (over) return;
      over = true;
      this.#short -= 1;
      if (this.#short === 0) this.#goOn?.();
    };
  }

  /** For long work whose next piece starts at once: resolves when the piece after that may start. One piece runs at a time. */
  readonly standBack = (): Promise<void> =>
    new Promise((resolve) => {
      this.#pieces.push(resolve);
      if (!this.#releasing) void this.#release();
    });

  /** Lets the pieces that stand back go on, one after the other. */
  async #release(): Promise<void> {
    this.#releasing = true;
    for (let beganMs = this.#clock.monotonic(); this.#pieces.length > 0; beganMs = this.#clock.monotonic()) {
      // Behind the piece, and behind what has arrived meanwhile.
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.#short > 0) {
        const tookMs = this.#clock.monotonic() - beganMs;
        await this.#untilNoneShort(Math.min(timesAPiece * tookMs, maxMs));
      }
      this.#pieces.shift()?.();
    }
    this.#releasing = false;
  }

  #untilNoneShort(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const goOn = () => {
        cancel();
        this.#goOn = null;
        resolve();
      };
      const cancel = this.#clock.after(ms, goOn);
      this.#goOn = goOn;
    });
  }
}
