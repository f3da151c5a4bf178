import type { Clock } from '../../src/platform/clock.ts';

type Timer = { readonly atMs: number; readonly order: number; readonly fire: () => void };

/** A clock that stands still until it is told to tick. Timers fire in order, each after what the one before set off. */
export class TickingClock implements Clock {
  #monotonicMs = 0;
  #order = 0;
  readonly #startedMs: number;
  readonly #timers = new Set<Timer>();

  constructor(startedMs = 1_700_000_000_000) {
    this.#startedMs = startedMs;
  }

  /** Timers that are set: 0 when nothing was left behind. */
  get timers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#startedMs + this.#monotonicMs;
  }

  monotonic(): number {
    return this.#monotonicMs;
  }

  sleep(ms: number, { signal }: { signal?: AbortSignal; unref?: boolean } = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      const onAbort = () => {
        cancel();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { atMs: this.#monotonicMs + Math.max(0, ms), order: this.#order++, fire: callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets `ms` go by, and everything happen that happens meanwhile. */
  async tick(ms: number): Promise<void> {
    const untilMs = this.#monotonicMs + ms;
    await allSettled();
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#timers.delete(next);
      this.#monotonicMs = next.atMs;
      next.fire();
      await allSettled();
    }
    this.#monotonicMs = untilMs;
    await allSettled();
  }

  #next(untilMs: number): Timer | undefined {
    return [...this.#timers]
      .filter(({ atMs }) => atMs <= untilMs)
      .sort((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
  }
}

/** Resolves when every promise that can go on without time or I/O has gone on. */
export function allSettled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
