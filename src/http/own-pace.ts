/**
 * Time as this process has lived it. While it is stopped, blocked or left without a processor, clients go on sending and nobody
 * reads what has arrived: that time is not theirs. A beat that comes late tells how much of it there was.
 */
import type { Clock } from '../platform/clock.ts';

const beatMs = 250;

export class OwnPace {
  readonly #clock: Clock;
  readonly #stopped = new AbortController();
  /** Where the beat was late, and how late all beats had been until then; the oldest first. */
  readonly #late: { readonly atMs: number; readonly untilThenMs: number }[] = [];
  readonly #rememberedMs: number;
  #lateMs = 0;
  #beatAtMs: number;

  /** `rememberedMs`: how far back anybody asks. */
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

  /** For how much of the last `ms` the process did not run; a pause that reaches into them counts whole. */
  lateWithin(ms: number): number {
    const sinceMs = this.#clock.monotonic() - ms;
    const first = this.#late.find(({ atMs }) => atMs >= sinceMs);
    return (first === undefined ? 0 : this.#lateMs - first.untilThenMs) + this.#overdueMs();
  }

  /** Resolves when the process has lived for `ms`, and has looked at its sockets since. A pause counts as one beat. */
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

/** Timers of a turn come before its sockets, and these before what is to be done immediately. */
const afterSockets = () => new Promise<void>((resolve) => setImmediate(resolve));
