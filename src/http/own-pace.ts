/**
 * Time as experienced by this process. While it is stopped, blocked or without a processor, clients keep sending and nothing is
 * read: that time must not be charged to them. A late timer tells how much of it there was.
 */
import type { Clock } from '../platform/clock.ts';

const beatMs = 250;

export class OwnPace {
  readonly #clock: Clock;
  readonly #stopped = new AbortController();
  /** When a beat was late, and the sum of all delays until then; oldest first. */
  readonly #late: { readonly atMs: number; readonly untilThenMs: number }[] = [];
  readonly #rememberedMs: number;
  #lateMs = 0;
  #beatAtMs: number;

  /** `rememberedMs`: how far back queries go. */
  constructor(clock: Clock, rememberedMs: number) {
    this.#clock = clock;
    this.#rememberedMs = rememberedMs;
    this.#beatAtMs = clock.monotonic();
  }

  start(): void {
    this.#beatAtMs = this.#clock.monotonic();
    void this.#beat();
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** Milliseconds on a clock that stands still while the process does. */
  lived(): number {
    return this.#clock.monotonic() - this.#lateMs - this.#overdueMs();
  }

  /** The part of the last `ms` in which the process did not run; a pause that overlaps counts whole. */
  lateWithin(ms: number): number {
    const sinceMs = this.#clock.monotonic() - ms;
    const first = this.#late.find(({ atMs }) => atMs >= sinceMs);
    return (first === undefined ? 0 : this.#lateMs - first.untilThenMs) + this.#overdueMs();
  }

  /** Resolves when the process has run for `ms` and has read its sockets since. A pause counts as one beat. */
  async live(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= beatMs) {
      await this.#clock.sleep(Math.min(leftMs, beatMs), { unref: true });
      await afterSockets();
    }
    await afterSockets();
  }

  #overdueMs(): number {
    return Math.max(0, this.#clock.monotonic() - this.#beatAtMs - beatMs);
  }

  async #beat(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.#clock.sleep(beatMs, { signal, unref: true }).catch(() => undefined);
      const overdueMs = this.#overdueMs();
      const nowMs = this.#clock.monotonic();
      if (overdueMs > 0) this.#late.push({ atMs: nowMs, untilThenMs: this.#lateMs });
      this.#lateMs += overdueMs;
      this.#beatAtMs = nowMs;
      while ((this.#late[0]?.atMs ?? nowMs) < nowMs - this.#rememberedMs) this.#late.shift();
    }
  }
}

/** In each turn of the event loop, timers run before sockets, and sockets before immediates. */
const afterSockets = () => new Promise<void>((resolve) => setImmediate(resolve));
