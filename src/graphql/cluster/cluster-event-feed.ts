import type { ClusterEvent, ClusterEventName } from '../../cluster/cluster-event.ts';
import type { ClusterEvents } from '../../cluster/cluster-events.ts';
import { BoundedStream } from '../../platform/bounded-stream.ts';

/** Events buffered for a slow client; a failover causes about a dozen. */
const capacity = 100;
/** Events kept for later readers. */
const remembered = 200;

/** The source of subscriptions: one stream for each. Remembers the last events. */
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

  /** At most this many, newest first. */
  last(count: number): readonly ClusterEvent[] {
    return count <= 0 ? [] : this.#last.slice(-count).reverse();
  }

  /** Events of these names from now on; without names, all. Throws `TooManyListenersError`. */
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

  /** Ends all streams; those opened later end at once. */
  close(): void {
    this.#closed = true;
    this.#forget();
    for (const stream of this.#open) stream.end();
  }
}
