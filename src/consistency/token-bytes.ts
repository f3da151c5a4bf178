/** Reading and writing the binary body of a token. Numbers are varints: seven bits a byte, lowest first. */
export class TokenBytesWriter {
  readonly #bytes: number[] = [];

  byte(value: number): this {
    this.#bytes.push(value);
    return this;
  }

  bytes(values: Iterable<number>): this {
    for (const value of values) this.#bytes.push(value);
    return this;
  }

  /** Throws `RangeError` for anything but a safe, non-negative integer. */
  number(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no number that a token can hold`);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes.push((rest % 0x80) + 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return this.byte(rest);
  }

  bigint(value: bigint): this {
    let rest = value;
    while (rest > BigInt(Number.MAX_SAFE_INTEGER)) {
      this.#bytes.push(Number(rest & 0x7fn) + 0x80);
      rest >>= 7n;
    }
    return this.number(Number(rest));
  }

  text(value: string): this {
    const encoded = Buffer.from(value, 'utf8');
    return this.number(encoded.length).bytes(encoded);
  }

  finish(): Buffer {
    return Buffer.from(this.#bytes);
  }
}

/** Throws `RangeError` when the bytes end early or a number is too large to be one of ours. */
export class TokenBytesReader {
  readonly #bytes: Buffer;
  #next = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    const value = this.#bytes[this.#next];
    if (value === undefined) throw new RangeError('The bytes end early');
    this.#next += 1;
    return value;
  }

  bytes(length: number): Buffer {
    const end = this.#next + length;
    if (end > this.#bytes.length) throw new RangeError('The bytes end early');
    const values = this.#bytes.subarray(this.#next, end);
    this.#next = end;
    return values;
  }

  number(): number {
    const value = this.bigint();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError('The number is too large');
    return Number(value);
  }

  bigint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('The number is too large');
  }

  text(): string {
    return this.bytes(this.number()).toString('utf8');
  }

  /** All that is left. */
  rest(): Buffer {
    return this.bytes(this.#bytes.length - this.#next);
  }

  isAtEnd(): boolean {
    return this.#next === this.#bytes.length;
  }
}
