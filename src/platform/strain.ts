/**
 * How much this process itself is starved, so that it can weigh its judgement of others: the local health of HashiCorp's Lifeguard. A
 * process that gets a tenth of the processor time that it needs gives others ten times as long to answer.
 *
 *   strain    of the time that it wanted to run, the part in which it was stopped, throttled or queued
 *   stretch   factor on time limits of others: 1 up to a strain of 0.6, then growing as the remaining share shrinks
 *
 * What happened a second ago counts half. A very late timer reveals a pause: what is known about others is then checked again.
 */
import type { Clock } from './clock.ts';
import { busyMs, type OwnUse, ownUse } from './own-use.ts';

const beatMs = 250;
const keptPerBeat = 0.8;
/** Less than this is no evidence. */
const priorMs = 20;
/** A long pause must not count for long. */
const maxPerBeatMs = 1000;
const easyUpTo = 0.6;
const maxStretch = 5;
const pauseMs = 1000;

/** Milliseconds, weighted by age. */
export type StrainState = { readonly deniedMs: number; readonly ranMs: number };

export function afterBeat(
  state: StrainState,
  beat: { readonly deniedMs: number; readonly ranMs: number },
): StrainState {
  return {
    deniedMs: state.deniedMs * keptPerBeat + Math.min(beat.deniedMs, maxPerBeatMs),
    ranMs: state.ranMs * keptPerBeat + beat.ranMs,
  };
}

export function strainOf({ deniedMs, ranMs }: StrainState): number {
  return deniedMs / (deniedMs + ranMs + priorMs);
}

export function stretchOf(strain: number): number {
  return strain <= easyUpTo ? 1 : Math.min(maxStretch, (1 - easyUpTo) / Math.max(1 - strain, 0.01));
}

export class Strain {
  readonly #clock: Clock;
  readonly #use: () => OwnUse | null;
  readonly #busyMs: () => number;
  readonly #onPaused: (pausedMs: number) => void;
  readonly #stopped = new AbortController();
  #state: StrainState = { deniedMs: 0, ranMs: 0 };

  /** `onPaused` is called with the length of a pause, right after it. */
  constructor(clock: Clock, onPaused: (pausedMs: number) => void = () => undefined, use = ownUse, busy = busyMs) {
    this.#clock = clock;
    this.#use = use;
    this.#busyMs = busy;
    this.#onPaused = onPaused;
  }

  get strain(): number {
    return strainOf(this.#state);
  }

  readonly stretch = (): number => stretchOf(this.strain);

  start(): void {
    void this.#beat();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #beat(): Promise<void> {
    const { signal } = this.#stopped;
    let use = this.#use();
    let busyUntilMs = this.#busyMs();
    while (!signal.aborted) {
      const begunMs = this.#clock.monotonic();
      await this.#clock.sleep(beatMs, { signal, unref: true }).catch(() => undefined);
      if (signal.aborted) return;
      const lateMs = Math.max(0, this.#clock.monotonic() - begunMs - beatMs);
      const now = this.#use();
      const waitedMs = use === null || now === null ? 0 : now.waitedMs - use.waitedMs;
      const ranMs = use === null || now === null ? 0 : now.ranMs - use.ranMs;
      const workedMs = this.#busyMs() - busyUntilMs;
      busyUntilMs += workedMs;
      // Stopped during its work it is not queued, and its timers may be on time.
      const haltedMs = use === null || now === null ? 0 : workedMs - ranMs;
      use = now;
      this.#state = afterBeat(this.#state, { deniedMs: Math.max(lateMs - ranMs, waitedMs, haltedMs), ranMs });
      if (lateMs > pauseMs) this.#onPaused(lateMs);
    }
  }
}
