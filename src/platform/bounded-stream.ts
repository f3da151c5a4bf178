/** An item of a stream, and the number of items dropped before it because the reader was too slow. */
export type Streamed<T> = { readonly item: T; readonly missed: number };

/**
 * A queue for one reader. A slow reader loses the oldest items, and is told how many: the writer never waits, and memory is bounded.
 * Either side can end it; what was written before is still delivered.
 */
export class BoundedStream<T> implements AsyncIterableIterator<Streamed<T>> {
  readonly #capacity: number;
  readonly #onEnd: () => void;
  readonly #items: T[] = [];
  readonly #readers: ((result: IteratorResult<Streamed<T>>) => void)[] = [];
  #missed = 0;
  #ended = false;

  constructor(capacity: number, onEnd: () => void) {
    this.#capacity = capacity;
    this.#onEnd = onEnd;
  }

  write(item: T): void {
    if (this.#ended) return;
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      reader({ value: { item, missed: 0 }, done: false });
      return;
    }
    this.#items.push(item);
    if (this.#items.length <= this.#capacity) return;
    this.#items.shift();
    this.#missed += 1;
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const reader of this.#readers.splice(0)) reader({ value: undefined, done: true });
    this.#onEnd();
  }

  next(): Promise<IteratorResult<Streamed<T>>> {
    const item = this.#items.shift();
    if (item !== undefined) {
      const missed = this.#missed;
      this.#missed = 0;
      return Promise.resolve({ value: { item, missed }, done: false });
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  /** The reader has gone: unread items are dropped. */
  return(): Promise<IteratorResult<Streamed<T>>> {
    this.#items.length = 0;
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
