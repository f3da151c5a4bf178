/** Time as an interface: the only file that touches the real clock and timers. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds on a clock that never goes back; only differences are meaningful. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason if it is aborted first. With `unref` it does not keep the process alive. */
  sleep(ms: number, options?: { signal?: AbortSignal; unref?: boolean }): Promise<void>;
  /** Calls `callback` once after `ms`. The returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, { signal, unref = false } = {}) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      if (unref) timer.unref();
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
