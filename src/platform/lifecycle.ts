import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';

/** A part of the process, started before and stopped after those that need it. */
export type Part = {
  readonly name: string;
  start?(): Promise<void> | void;
  stop?(): Promise<void> | void;
  /** Time limit of stopping. Default: 5 s. */
  readonly stopWithinMs?: number;
};

/**
 * Starts parts in order and stops them in reverse, each with a deadline.
 * If one fails to start, those before it are stopped again. A part that fails to stop, or is too slow, does not keep the others from
 * stopping; `stop` rejects with an `AggregateError` of all failures at the end.
 */
export class Lifecycle {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #started: Part[] = [];
  #stopping: Promise<void> | null = null;

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Starts one more part. Rejects if the process is already stopping. */
  async start(part: Part): Promise<void> {
    if (this.#stopping !== null) throw new Error(`${part.name} is not started: the process is stopping`);
    this.#started.push(part);
    try {
      await part.start?.();
    } catch (error) {
      await this.stop().catch((cause) =>
        this.#log.error({ err: cause }, 'some parts could not be stopped after a failed start'),
      );
      throw error;
    }
  }

  /** May be called repeatedly: the process stops once. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    const errors: unknown[] = [];
    for (const part of this.#started.reverse()) {
      try {
        await this.#stopInTime(part);
        this.#log.debug({ part: part.name }, 'stopped');
      } catch (error) {
        errors.push(error);
        this.#log.warn({ part: part.name, err: error }, 'did not stop cleanly');
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'some parts did not stop cleanly');
  }

  async #stopInTime(part: Part): Promise<void> {
    const limitMs = part.stopWithinMs ?? 5000;
    let cancel = () => {};
    const deadline = new Promise<never>((_, reject) => {
      cancel = this.#clock.after(limitMs, () => reject(new Error(`${part.name} did not stop within ${limitMs} ms`)));
    });
    try {
      await Promise.race([Promise.resolve().then(() => part.stop?.()), deadline]);
    } finally {
      cancel();
    }
  }
}
