import type { ClusterEvent, ClusterEventName } from '../../cluster/cluster-event.ts';
import type { ClusterEvents } from '../../cluster/cluster-events.ts';
import { BoundedStream } from '../../platform/bounded-stream.ts';

/** Events kept for a client that does not read; a failover brings about a dozen. */
const capacity = 100;
/** Events kept for those who come later. */
const remembered = 200;

/** What subscriptions read from: one stream for each. Remembers the last events, for those who were not there. */
export class ClusterEventFeed {
  readonly #events: Pick<ClusterEvents, 'subscribe'>;
  readonly #open = new Set<BoundedStream<ClusterEvent>>();
  readonly #last: ClusterEvent[] = [];
  readonly #forget: () => void;
  #closed = false;

  constructor(events: Pick<ClusterEvents, 'subscribe'>) {
    this.#events = events;
    this.#forget = events.subscribe((event) => {
      this.#last.push(event);
      if (this.#last.length > remembered) this.#last.shift();
    });
  }

  /** At most so many, newest first. */
  last(count: number): readonly ClusterEvent[] {
    return count <= 0 ? [] : this.#last.slice(-count).reverse();
  }

  /** Events of these names from now on, of any name without. Throws `TooManyListenersError`. */
  open(names: readonly ClusterEventName[] | null): BoundedStream<ClusterEvent> {
    const wanted = names === null ? null : new Set(names);
    let unsubscribe = () => {};
    const stream = new BoundedStream<ClusterEvent>(capacity, () => {
      unsubscribe();
      this.#open.delete(stream);
    });
    unsubscribe = this.#events.subscribe((event) => {
      if (wanted === null || wanted.has(event.name)) stream.write(event);
    });
    this.#open.add(stream);
    if (this.#closed) stream.end();
    return stream;
  }

  /** Ends all streams, and those that are opened later at once. */
  close(): void {
    this.#closed = true;
    this.#forget();
    for (const stream of this.#open) stream.end();
  }
}
