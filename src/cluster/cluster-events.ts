import { TidemarkError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import { type ClusterEvent, type ClusterHappening, clusterEventKinds } from './cluster-event.ts';

export type ClusterEventListener = (event: ClusterEvent) => void;

/** The maximum number of listeners of this process is reached. */
export class TooManyListenersError extends TidemarkError {
  readonly code = 'OVERLOADED';
  readonly retryable = true;

  constructor(maxListeners: number, what = 'cluster events', where = 'in all') {
    super(`Too many listeners to ${what} (at most ${maxListeners} ${where}). Close one, or try again later.`);
  }
}

const maxListeners = 1000;
/** Maximum number of events in one cascade, including those published by listeners. More indicates a loop. */
const maxInOneGo = 256;

/**
 * Delivers cluster events to log and listeners, in order. Any part may publish. Publishing never throws: a listener that throws is
 * logged and stays, and the others are still called.
 */
export class ClusterEvents {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #listeners = new Set<ClusterEventListener>();
  readonly #waiting: ClusterEvent[] = [];
  #telling = false;

  constructor({ clock, log }: { clock: Clock; log: Logger }) {
    this.#clock = clock;
    this.#log = log;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  publish({ name, node, facts }: ClusterHappening): void {
    this.#waiting.push({ name, atMs: this.#clock.now(), node, facts });
    // An event published by a listener is delivered after all listeners have got the first.
    if (this.#telling) return;
    this.#telling = true;
    let told = 0;
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
      told += 1;
      if (told <= maxInOneGo) this.#tellAll(event);
    }
    this.#telling = false;
    if (told > maxInOneGo) this.#log.error({ told }, 'listeners publish cluster events in an endless loop');
  }

  /** The returned function unsubscribes. Throws `TooManyListenersError`. */
  subscribe(listener: ClusterEventListener): () => void {
    if (this.#listeners.size >= maxListeners) throw new TooManyListenersError(maxListeners);
    // The same function may be subscribed twice, each with its own unsubscribe.
    const own: ClusterEventListener = (event) => listener(event);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  #tellAll(event: ClusterEvent): void {
    const { name, node, facts } = event;
    const { severity, description } = clusterEventKinds[name];
    this.#log[severity]({ event: name, ...(node !== null && { node }), ...facts }, description);
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#log.error({ err: error, event: name }, 'cluster event listener threw');
      }
    }
  }
}
