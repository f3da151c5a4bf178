/** One thing of a stream, and how many before it were dropped because nobody read them. */
export type Streamed<T> = { readonly item: T; readonly missed: number };

/**
 * Items for one reader. One that reads too slowly loses the oldest, and is told how many: whoever writes never waits, and
 * memory has a bound. Ends when either side says so; what was written before is still read.
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

  /** The reader has gone: what it has not read goes too. */
  return(): Promise<IteratorResult<Streamed<T>>> {
    this.#items.length = 0;
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
