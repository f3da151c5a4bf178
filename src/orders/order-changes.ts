import { TidemarkError } from '../errors.ts';
import { BoundedStream } from '../platform/bounded-stream.ts';
import type { Redis } from '../platform/redis.ts';
import { SharedChannel } from '../platform/shared-channel.ts';
import { type OrderChange, readChange, writeChange } from './order-change.ts';

/** Changes kept for a listener that does not read. */
const capacity = 1000;
const maxListeners = 1000;

/** As many listen to this process as it can bear. */
export class TooManyOrderListenersError extends TidemarkError {
  readonly code = 'OVERLOADED';
  readonly retryable = true;

  constructor() {
    super(`${maxListeners} listeners are told of changed orders already. Try again later.`);
  }
}

/** Tells what was committed to orders, by whichever process, to whoever listens here. A slow listener loses the oldest. */
export class OrderChanges {
  readonly #channel: SharedChannel;
  readonly #open = new Set<BoundedStream<OrderChange>>();
  #closed = false;

  constructor(redis: Redis | null) {
    this.#channel = new SharedChannel('order-changes', redis);
  }

  publish(change: OrderChange): void {
    if (this.#channel.isHeard) this.#channel.publish(writeChange(change));
  }

  /** Changes of these orders from now on, of any order without. Throws `TooManyOrderListenersError`. */
  open(ids: readonly bigint[] | null): BoundedStream<OrderChange> {
    if (this.#open.size >= maxListeners) throw new TooManyOrderListenersError();
    const wanted = ids === null ? null : new Set(ids);
    let unsubscribe = () => {};
    const stream = new BoundedStream<OrderChange>(capacity, () => {
      unsubscribe();
      this.#open.delete(stream);
    });
    unsubscribe = this.#channel.subscribe((text) => {
      const change = readChange(text);
      if (wanted === null || wanted.has(change.id)) stream.write(change);
    });
    this.#open.add(stream);
    if (this.#closed) stream.end();
    return stream;
  }

  /** Ends all streams, and those that are opened later at once. */
  close(): void {
    this.#closed = true;
    for (const stream of this.#open) stream.end();
  }
}
