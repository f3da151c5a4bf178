/**
 * Long work and short work on one thread. Between two pieces of long work, whatever is short and under way goes first; where there
 * is always some, long work waits for a few times as long as a piece takes, and goes on all the same.
 */
import type { Clock } from './clock.ts';

const timesAPiece = 4;
const longestMs = 50;

export class ShortFirst {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #short = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something begins that may be short. The returned function says that it is over, or long; only the first call counts. */
  begin(): () => void {
    let over = false;
    this.#short += 1;
    return () => {
      if (over) return;
      over = true;
      this.#short -= 1;
      if (this.#short > 0) return;
      for (const goOn of this.#waiting) goOn();
    };
  }

  /** For long work, when its next piece begins at once: resolves when the piece after that may. */
  readonly standBack = async (): Promise<void> => {
    const beganMs = this.#clock.monotonic();
    // Behind the piece, and behind what has arrived meanwhile.
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (this.#short === 0) return;
    const tookMs = this.#clock.monotonic() - beganMs;
    await this.#untilNoneShort(Math.min(timesAPiece * tookMs, longestMs));
  };

  #untilNoneShort(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const goOn = () => {
        cancel();
        this.#waiting.delete(goOn);
        resolve();
      };
      const cancel = this.#clock.after(ms, goOn);
      this.#waiting.add(goOn);
    });
  }
}
