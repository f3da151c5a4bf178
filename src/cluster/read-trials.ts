import type { Clock } from '../platform/clock.ts';
import {
  afterRefusal,
  afterTrial,
  noRefusals,
  type ReadRefusal,
  type Refusing,
  type TrialOutcome,
} from './read-refusals.ts';

/** Sends the refused read to its server again. Does not reject. */
export type ReadTrial = () => Promise<TrialOutcome>;

/** Counts the refused reads of one server, and finds out by one trial at a time when it serves again: read-refusals.ts. */
export class ReadTrials {
  readonly #clock: Clock;
  readonly #onChange: (refusing: Refusing | null) => void;
  #refusals = noRefusals;
  #trial: ReadTrial = async () => 'MOOT';
  #cancel: () => void = () => undefined;
  #closed = false;

  constructor(clock: Clock, onChange: (refusing: Refusing | null) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  refused(refusal: ReadRefusal, trial: ReadTrial): void {
    if (this.#closed || this.#refusals.refusing !== null) return;
    this.#trial = trial;
    this.#set(afterRefusal(this.#refusals, refusal, this.#clock.monotonic()));
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  #set(refusals: typeof noRefusals): void {
    const before = this.#refusals.refusing;
    this.#refusals = refusals;
    const { refusing } = refusals;
    if (refusing !== null) {
      const pauseMs = refusing.nextTrialMs - this.#clock.monotonic();
      this.#cancel = this.#clock.after(pauseMs, () => void this.#try());
    }
    if (refusing !== before) this.#onChange(refusing);
  }

  async #try(): Promise<void> {
    const outcome = await this.#trial();
    if (!this.#closed) this.#set(afterTrial(this.#refusals, outcome, this.#clock.monotonic()));
  }
}
