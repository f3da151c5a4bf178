/**
 * A clock whose waits count only time in which this process could run: time in which it was stopped, throttled, or without a processor
 * says nothing about the server that it waits for.
 *
 * A wait is split into small steps. A pause makes one of them long, and only its planned length counts, so the other steps are left for
 * an answer that came meanwhile. On Linux, time in which the thread was runnable but not running is left out as well: the answer may
 * have been in the socket, unread. A wait always ends: after at most ten times its length, plus the delay of its last steps.
 */
import type { Clock } from './clock.ts';
import { type OwnUse, ownUse } from './own-use.ts';

const steps = 10;
const leastStepMs = 5;
/** Minimum part of each step that counts, so that every wait ends. */
const leastShare = 0.2;
const maxTimes = 10;

/** The part of a step that counts. The thread was runnable but not running for `waitedMs` of it. */
export function ownPart(step: {
  readonly meantMs: number;
  readonly tookMs: number;
  readonly waitedMs: number;
}): number {
  const { meantMs, tookMs, waitedMs } = step;
  const lateMs = Math.max(0, tookMs - meantMs);
  return Math.min(meantMs, Math.max(meantMs * leastShare, tookMs - Math.max(lateMs, waitedMs)));
}

export class OwnClock implements Clock {
  readonly #clock: Clock;
  readonly #use: () => OwnUse | null;

  /** `use` returns the running and waiting times of this thread, if the system reports them. */
  constructor(clock: Clock, use: () => OwnUse | null = ownUse) {
    this.#clock = clock;
    this.#use = use;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  sleep(ms: number, options: { signal?: AbortSignal; unref?: boolean } = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      const { signal } = options;
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  after(ms: number, callback: () => void): () => void {
    let leftMs = ms;
    let cancel: () => void = () => undefined;
    let wasLate = false;
    // Most waits end in their first step, without asking the system.
    let use: OwnUse | null = null;
    const stepMs = Math.max(ms / steps, leastStepMs);
    const lastMs = this.#clock.monotonic() + ms * maxTimes;
    const step = (meantMs: number) => {
      const begunMs = this.#clock.monotonic();
      cancel = this.#clock.after(meantMs, () => {
        const tookMs = this.#clock.monotonic() - begunMs;
        const now = this.#use();
        const waitedMs = use === null || now === null ? 0 : now.waitedMs - use.waitedMs;
        use = now;
        leftMs = begunMs + tookMs >= lastMs ? 0 : leftMs - ownPart({ meantMs, tookMs, waitedMs });
        if (leftMs > 0.5) return step(Math.min(stepMs, leftMs));
        // The pause was in the last step: one more, for an answer that came meanwhile.
        if (!wasLate && tookMs > meantMs + stepMs) {
          wasLate = true;
          return step(stepMs);
        }
        callback();
      });
    };
    step(Math.min(stepMs, ms));
    return () => cancel();
  }
}
