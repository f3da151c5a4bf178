import type { Clock } from './clock.ts';

type Shared<T> = { readonly promise: Promise<T>; resolve(value: Promise<T>): void; urgent: boolean };

/**
 * Shares one call between all callers that ask before it has *started*, so that a result is never older than its request. One call
 * runs at a time. For patient callers, calls start at least `spacingMs` apart, so that a crowd shares them; an impatient caller starts
 * one at once for all.
 */
export class NextFlight<T> {
  readonly #call: () => Promise<T>;
  readonly #clock: Clock;
  readonly #spacingMs: number;
  #running = false;
  #startedMs = Number.NEGATIVE_INFINITY;
  #waiting: Shared<T> | null = null;
  #cancelTimer: (() => void) | null = null;

  constructor(call: () => Promise<T>, { clock, spacingMs = 0 }: { clock: Clock; spacingMs?: number }) {
    this.#call = call;
    this.#clock = clock;
    this.#spacingMs = spacingMs;
  }

  run({ patient = false }: { patient?: boolean } = {}): Promise<T> {
    if (!this.#running && (!patient || this.#earlyMs() <= 0)) return this.#start();
    this.#waiting ??= share<T>();
    if (!patient) this.#waiting.urgent = true;
    const { promise } = this.#waiting;
    if (!this.#running) this.#schedule();
    return promise;
  }

  #start(): Promise<T> {
    const waiting = this.#waiting;
    this.#waiting = null;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#running = true;
    this.#startedMs = this.#clock.monotonic();
    // A call that throws before its first await must not block the flight for ever.
    const call = (async () => this.#call())();
    const settle = () => {
      this.#running = false;
      if (this.#waiting !== null) this.#schedule();
    };
    call.then(settle, settle);
    waiting?.resolve(call);
    return call;
  }

  #schedule(): void {
    const earlyMs = this.#earlyMs();
    if (earlyMs <= 0 || this.#waiting?.urgent) void this.#start().catch(() => undefined);
    else this.#cancelTimer ??= this.#clock.after(earlyMs, () => void this.#start().catch(() => undefined));
  }

  #earlyMs(): number {
    return this.#startedMs + this.#spacingMs - this.#clock.monotonic();
  }
}

function share<T>(): Shared<T> {
  let resolve: (value: Promise<T>) => void = () => undefined;
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve: (value) => resolve(value), urgent: false };
}
