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

type Listener = {
  readonly stream: BoundedStream<OrderChange>;
  readonly wanted: ReadonlySet<bigint> | null;
  /** Something was told. */
  told: boolean;
};

/** What of two tokens is told to whoever was told the first, and what the next one is joined with. */
export type JoinedTokens = { readonly told: string; readonly kept: string };
/** `null` when no token tells of both. */
export type JoinTokens = (earlier: string, token: string) => JoinedTokens | null;

/**
 * Tells what was committed to orders, by whichever process, to whoever listens here. A slow listener loses the oldest.
 * The token of a change includes the changes that were told before it, so that a listener needs to keep the newest only. When
 * some of those were lost, whoever was told of them gets what names them once more, and so hears of it with the next read.
 */
export class OrderChanges {
  readonly #channel: SharedChannel;
  readonly #open = new Set<Listener>();
  readonly #join: JoinTokens;
  #told: string | null = null;
  #unsubscribe: (() => void) | null = null;
  #closed = false;

  /** Before `redis` is started. */
  constructor(redis: Redis | null, join: JoinTokens = () => null) {
    this.#channel = new SharedChannel('order-changes', redis);
    this.#join = join;
  }

  /** `change` is asked for when somebody can hear: its token is signed for that alone. */
  publish(change: () => OrderChange): void {
    if (this.#channel.isHeard) this.#channel.publish(writeChange(change()));
  }

  /** Changes of these orders from now on, of any order without. Throws `TooManyOrderListenersError`. */
  open(ids: readonly bigint[] | null): BoundedStream<OrderChange> {
    if (this.#open.size >= maxListeners) throw new TooManyOrderListenersError();
    const stream = new BoundedStream<OrderChange>(capacity, () => this.#leave(listener));
    const listener: Listener = { stream, wanted: ids === null ? null : new Set(ids), told: false };
    this.#open.add(listener);
    this.#unsubscribe ??= this.#channel.subscribe((text) => this.#tell(readChange(text)));
    if (this.#closed) stream.end();
    return stream;
  }

  /** Ends all streams, and those that are opened later at once. */
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
