import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBytesReader, TokenBytesWriter } from '../../../src/consistency/token-bytes.ts';

const written = (write: (writer: TokenBytesWriter) => unknown): readonly number[] => {
  const writer = new TokenBytesWriter();
  write(writer);
  return [...writer.finish()];
};
const reader = (bytes: readonly number[]) => new TokenBytesReader(Buffer.from(bytes));
const ones = (count: number) => Array.from({ length: count }, () => 0xff);

describe('a number', () => {
  it.each<[number, readonly number[]]>([
    [0, [0]],
    [1, [1]],
    [127, [127]],
    [128, [0x80, 1]],
    [16_383, [0xff, 127]],
    [16_384, [0x80, 0x80, 1]],
    [Number.MAX_SAFE_INTEGER, [...ones(7), 15]],
  ])('%d is written as %j, and as the same bytes when it is a bigint', (value, bytes) => {
    expect(written((writer) => writer.number(value))).toEqual(bytes);
    expect(written((writer) => writer.bigint(BigInt(value)))).toEqual(bytes);
    expect(reader(bytes).number()).toBe(value);
    expect(reader(bytes).bigint()).toBe(BigInt(value));
  });

  it.each<[bigint, readonly number[]]>([
    [BigInt(Number.MAX_SAFE_INTEGER) + 1n, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 16]],
    [0xffff_ffff_ffff_ffffn, [...ones(9), 1]],
  ])('%d is only read as a bigint', (value, bytes) => {
    expect(written((writer) => writer.bigint(value))).toEqual(bytes);
    expect(reader(bytes).bigint()).toBe(value);
    expect(() => reader(bytes).number()).toThrow(new RangeError('The number is too large'));
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER + 1])(
    '%d cannot be written',
    (value) => {
      expect(() => new TokenBytesWriter().number(value)).toThrow(RangeError);
    },
  );

  it('of ten bytes is read, and of more is refused', () => {
    expect(reader([...ones(9), 127]).bigint()).toBe((1n << 70n) - 1n);
    expect(() => reader([...ones(10), 0]).bigint()).toThrow(new RangeError('The number is too large'));
  });

  it('that ends early is refused', () => {
    expect(() => reader([0x80]).bigint()).toThrow(new RangeError('The bytes end early'));
  });

  it('comes back, whatever it is', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (value) => {
        expect(reader(written((writer) => writer.bigint(value))).bigint()).toBe(value);
      }),
    );
  });
});

describe('bytes', () => {
  it('are read in order, up to the last and no further', () => {
    const bytes = reader([1, 2, 3, 4]);
    expect(bytes.byte()).toBe(1);
    expect([...bytes.bytes(2)]).toEqual([2, 3]);
    expect(bytes.isAtEnd()).toBe(false);
    expect([...bytes.bytes(1)]).toEqual([4]);
    expect(bytes.isAtEnd()).toBe(true);
    expect([...bytes.bytes(0)]).toEqual([]);
    expect(() => bytes.byte()).toThrow(new RangeError('The bytes end early'));
    expect(() => bytes.bytes(1)).toThrow(new RangeError('The bytes end early'));
  });

  it('are written as they come', () => {
    expect(
      written((writer) =>
        writer
          .byte(9)
          .bytes([1, 2])
          .bytes(new Set([3])),
      ),
    ).toEqual([9, 1, 2, 3]);
  });

  it('that are too few for a text are refused', () => {
    expect(() => reader([5, 97]).text()).toThrow(RangeError);
  });

  it.each(['', 'orders', 'größe ✓'])('of the text "%s" begin with how many they are', (text) => {
    const bytes = written((writer) => writer.text(text));
    expect(bytes[0]).toBe(Buffer.byteLength(text));
    expect(reader(bytes).text()).toBe(text);
  });
});
