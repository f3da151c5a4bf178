/** Limits concurrency; later callers wait in a bounded queue. */
export class Turns {
  readonly #most: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(most: number, maxWaiting: number) {
    this.#most = most;
    this.#maxWaiting = maxWaiting;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** True if the turn is taken now, `null` if the queue is full; else resolves on this caller's turn. Each turn is given back once. */
  take(signal?: AbortSignal): true | Promise<void> | null {
    if (this.#taken < this.#most) {
      this.#taken += 1;
      return true;
    }
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#waiting.length >= this.#maxWaiting) return null;
    return new Promise((resolve, reject) => {
      const go = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(go);
    });
  }

  giveBack(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken -= 1;
    else next();
  }
}
