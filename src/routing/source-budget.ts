/**
 * Limits concurrent reads on the source that no replica can serve, so that replicas that are late or lost together cannot overwhelm the
 * writes. In a burst, reads beyond the limit wait in order, for a short time and in a queue no longer than the limit; a longer wait would
 * only make the queue longer.
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

  /** A slot for one read, until `leave` is called. Throws `SourceReadsExhaustedError`. */
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

  /** Passes the slot on to the first in the queue. */
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
