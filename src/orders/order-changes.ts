import { TidemarkError } from '../errors.ts';
import { BoundedStream } from '../platform/bounded-stream.ts';
import type { Redis } from '../platform/redis.ts';
import { SharedChannel } from '../platform/shared-channel.ts';
import { type OrderChange, readChange, writeChange } from './order-change.ts';

/** Changes buffered for a slow subscriber. */
const capacity = 1000;
const maxListeners = 1000;

/** The maximum number of subscribers is reached. */
export class TooManyOrderListenersError extends TidemarkError {
  readonly code = 'OVERLOADED';
  readonly retryable = true;

  constructor() {
    super(`Too many open subscriptions to order changes (${maxListeners}). Try again later.`);
  }
}

type Listener = {
  readonly stream: BoundedStream<OrderChange>;
  readonly wanted: ReadonlySet<bigint> | null;
  /** A change was published. */
  told: boolean;
};

/** Joins tokens: what a subscriber that got the first token gets, and what the next token is joined with. */
export type JoinedTokens = { readonly told: string; readonly kept: string };
/** `null` if no token includes both. */
export type JoinTokens = (earlier: string, token: string) => JoinedTokens | null;

/**
 * Publishes the changes committed to orders by any process to the subscribers of this one. A slow subscriber loses the oldest.
 * The token of a change includes the changes published before it, so that a subscriber only keeps the newest. If some of those were
 * lost in a failover, the subscribers that saw them get a token that still names them, and so learn of the loss with their next read.
 */
export class OrderChanges {
  readonly #channel: SharedChannel;
  readonly #open = new Set<Listener>();
  readonly #join: JoinTokens;
  #told: string | null = null;
  #unsubscribe: (() => void) | null = null;
  #closed = false;

  /** Must be called before `redis` is started. */
  constructor(redis: Redis | null, join: JoinTokens = () => null) {
    this.#channel = new SharedChannel('order-changes', redis);
    this.#join = join;
  }

  /** `change` is only called if there are subscribers, because its token must be signed. */
  publish(change: () => OrderChange): void {
    if (this.#channel.isHeard) this.#channel.publish(writeChange(change()));
  }

  /** Changes of these orders from now on; without ids, of all. Throws `TooManyOrderListenersError`. */
  open(ids: readonly bigint[] | null): BoundedStream<OrderChange> {
    if (this.#open.size >= maxListeners) throw new TooManyOrderListenersError();
    const stream = new BoundedStream<OrderChange>(capacity, () => this.#leave(listener));
    const listener: Listener = { stream, wanted: ids === null ? null : new Set(ids), told: false };
    this.#open.add(listener);
    this.#unsubscribe ??= this.#channel.subscribe((text) => this.#tell(readChange(text)));
    if (this.#closed) stream.end();
    return stream;
  }

  /** Ends all streams; those opened later end at once. */
  close(): void {
    this.#closed = true;
    for (const { stream } of this.#open) stream.end();
  }

  #tell(heard: OrderChange): void {
    const joined = this.#told === null ? null : this.#join(this.#told, heard.token);
    const { told, kept } = joined ?? { told: heard.token, kept: heard.token };
    this.#told = kept;
    for (const listener of this.#open) {
      if (listener.wanted !== null && !listener.wanted.has(heard.id)) continue;
      listener.stream.write({ ...heard, token: listener.told ? told : kept });
      listener.told = true;
    }
  }

  #leave(listener: Listener): void {
    this.#open.delete(listener);
    if (this.#open.size > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = null;
  }
}
