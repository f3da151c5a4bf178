import { TidemarkError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import { type ClusterEvent, type ClusterHappening, clusterEventKinds } from './cluster-event.ts';

export type ClusterEventListener = (event: ClusterEvent) => void;

/** As many listen to this process as it can bear. */
export class TooManyListenersError extends TidemarkError {
  readonly code = 'OVERLOADED';
  readonly retryable = true;

  constructor(maxListeners: number, what = 'cluster events', whose = 'listeners') {
    super(`${maxListeners} ${whose} are told of ${what} already. Try again later.`);
  }
}

const maxListeners = 1000;
/** Events told in one go, counting those that listeners bring about by being told. More than this is a circle. */
const maxInOneGo = 256;

/**
 * Tells log and listeners what happens to the cluster, in order. Any part may publish. Publishing never throws: a listener
 * that breaks is logged and stays, and the others are told nevertheless.
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
    // A listener that publishes is told of it after everybody has heard the first.
    if (this.#telling) return;
    this.#telling = true;
    let told = 0;
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
      told += 1;
      if (told <= maxInOneGo) this.#tellAll(event);
    }
    this.#telling = false;
    if (told > maxInOneGo) this.#log.error({ told }, 'listeners bring about cluster events without end');
  }

  /** The returned function ends it. Throws `TooManyListenersError`. */
  subscribe(listener: ClusterEventListener): () => void {
    if (this.#listeners.size >= maxListeners) throw new TooManyListenersError(maxListeners);
    // The same function may be given twice, and each time ends for itself.
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
        this.#log.error({ err: error, event: name }, 'a listener to cluster events broke');
      }
    }
  }
}
