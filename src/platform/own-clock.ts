/**
 * A clock whose waits count only the time that was this process's own: what it was stopped for, throttled, or kept from a
 * processor says nothing about whoever it waits for.
 *
 * A wait is made in small steps. A pause makes one of them long, and it counts as it was meant; so the others are left for
 * the answer that came meanwhile. On Linux the time in which the thread wanted to run and could not is left out, too: then
 * the answer may lie in the socket, and nobody was there to read it. However little of its time it gets, a wait ends: it
 * takes ten times as long as it was meant to at most, and what the last steps were late by.
 */
import type { Clock } from './clock.ts';
import { type OwnUse, ownUse } from './own-use.ts';

const steps = 10;
const leastStepMs = 5;
/** At least so much of each step counts, or a wait might never end. */
const leastShare = 0.2;
const mostTimes = 10;

/** How much of a step counts. `waitedMs` of it the thread stood in the queue for a processor. */
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

  /** `use` tells how long this thread has run and waited, where the system tells it. */
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
    // Most waits end in their first step: nothing is asked of the system for it.
    let use: OwnUse | null = null;
    const stepMs = Math.max(ms / steps, leastStepMs);
    const lastMs = this.#clock.monotonic() + ms * mostTimes;
    const step = (meantMs: number) => {
      const begunMs = this.#clock.monotonic();
      cancel = this.#clock.after(meantMs, () => {
        const tookMs = this.#clock.monotonic() - begunMs;
        const now = this.#use();
        const waitedMs = use === null || now === null ? 0 : now.waitedMs - use.waitedMs;
        use = now;
        leftMs = begunMs + tookMs >= lastMs ? 0 : leftMs - ownPart({ meantMs, tookMs, waitedMs });
        if (leftMs > 0.5) return step(Math.min(stepMs, leftMs));
        // The pause was in the last step: once more, for what came meanwhile.
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
