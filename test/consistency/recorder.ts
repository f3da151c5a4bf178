import type { Clock } from '../../src/platform/clock.ts';
import type { Operation } from './history.ts';

export type Asked = Pick<Operation, 'id' | 'session' | 'sequence' | 'startedAtMs'>;
type Told = Operation extends infer Kind
  ? Kind extends Operation
    ? Omit<Kind, keyof Asked | 'endedAtMs'>
    : never
  : never;

/** Writes a history down while it happens. Every event gets a time of its own. */
export class Recorder {
  readonly #clock: Clock;
  readonly #operations: Operation[] = [];
  readonly #sequences = new Map<number, number>();
  #asked = 0;
  #lastMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(session: number): Asked {
    const sequence = (this.#sequences.get(session) ?? 0) + 1;
    this.#sequences.set(session, sequence);
    return { id: this.#asked++, session, sequence, startedAtMs: this.#moment() };
  }

  end(asked: Asked, told: Told): Operation {
    const operation = { ...asked, endedAtMs: this.#moment(), ...told } as Operation;
    this.#operations.push(operation);
    return operation;
  }

  /** By invocation. */
  operations(): Operation[] {
    return this.#operations.toSorted((left, right) => left.id - right.id);
  }

  /** Rounded to a microsecond, which is also the least step, so that a saved history compares as the recorded one. */
  #moment(): number {
    const nowMs = Math.round(this.#clock.monotonic() * 1000) / 1000;
    this.#lastMs = nowMs > this.#lastMs ? nowMs : Math.round(this.#lastMs * 1000 + 1) / 1000;
    return this.#lastMs;
  }
}
