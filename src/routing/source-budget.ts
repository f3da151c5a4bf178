/**
 * How many reads may run on the source at once because no replica would do, so that replicas that are late or gone together
 * cannot drown the writes. A burst is let through one by one: who finds no room waits for one that ends, in order, but
 * not for long and not in a line longer than the budget; whoever waits longer than that would only make the line longer.
 */
import type { Clock } from '../platform/clock.ts';
import { SourceReadsExhaustedError } from './errors.ts';

type Waiter = { readonly enter: () => void };

export class SourceBudget {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #waitMs: number;
  readonly #line = new Set<Waiter>();
  #running = 0;

  constructor(options: { clock: Clock; limit: number; waitMs: number }) {
    this.#clock = options.clock;
    this.#limit = options.limit;
    this.#waitMs = options.waitMs;
  }

  /** Room for one read, until `leave` is called. Throws `SourceReadsExhaustedError`. */
  async enter(): Promise<void> {
    if (this.#running < this.#limit) {
      this.#running += 1;
      return;
    }
    if (this.#line.size >= this.#limit) throw new SourceReadsExhaustedError(this.#limit);
    await new Promise<void>((resolve, reject) => {
      const cancel = this.#clock.after(this.#waitMs, () => {
        this.#line.delete(waiter);
        reject(new SourceReadsExhaustedError(this.#limit));
      });
      const waiter: Waiter = {
        enter: () => {
          cancel();
          resolve();
        },
      };
      this.#line.add(waiter);
    });
  }

  /** Hands the room on to the first in the line. */
  leave(): void {
    const [next] = this.#line;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    this.#line.delete(next);
    next.enter();
  }
}
