import { describe, expect, it } from 'vitest';
import { MalformedPositionError } from '../../../src/consistency/errors.ts';
import type { Position } from '../../../src/consistency/position.ts';
import { PositionCodec } from '../../../src/consistency/position-codec.ts';
import type { PositionKind } from '../../../src/consistency/position-kind.ts';
import { TokenBytesReader, TokenBytesWriter } from '../../../src/consistency/token-bytes.ts';
import { flavours } from '../../../src/servers/flavours.ts';
import { positions } from '../../../src/servers/known-flavours.ts';
import { parsePosition } from '../../support/positions.ts';

const real = flavours.mariadb.positions;
const kind = (flavour: string, tokenByte: number): PositionKind => ({
  flavour,
  tokenByte,
  empty: real.empty,
  parse: (text) => real.parse(text),
  read: (reader) => real.read(reader),
  historyOf: (seen) => real.historyOf(seen),
});

describe('kinds that could not be told apart', () => {
  it.each<[string, readonly PositionKind[], RegExp | null]>([
    ['none at all', [], null],
    ['one', [kind('a', 1)], null],
    ['the largest byte', [kind('a', 255)], null],
    ['two', [kind('a', 1), kind('b', 2)], null],
    ['two with one byte', [kind('a', 1), kind('b', 1)], /Byte 1 cannot stand for b/],
    ['two with one name', [kind('a', 1), kind('a', 2)], /named a/],
    ['the byte of no position', [kind('a', 0)], /Byte 0/],
    ['a negative byte', [kind('a', -1)], /Byte -1/],
    ['more than a byte', [kind('a', 256)], /Byte 256/],
    ['half a byte', [kind('a', 1.5)], /Byte 1.5/],
    ['no name', [kind('', 1)], /No kind/],
    ['a name with a space', [kind('a b', 1)], /No kind/],
    ['a name that begins with a space', [kind(' a', 1)], /No kind/],
    ['a name that ends with a line', [kind('a\n', 1)], /No kind/],
  ])('are refused: %s', (_, kinds, refusal) => {
    const make = () => new PositionCodec(kinds);
    if (refusal === null) expect(make).not.toThrow();
    else {
      expect(make).toThrow(RangeError);
      expect(make).toThrow(refusal);
    }
  });
});

describe.each<[string, Position]>([
  ['mariadb', parsePosition('mariadb', '0-1-100,7-2-5')],
  ['mysql', parsePosition('mysql', '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:9')],
])('a position of %s', (flavour, position) => {
  it('is read from its text, also over several lines', () => {
    expect(positions.writeText(position)).toBe(`${flavour} ${position.line()}`);
    expect(positions.readText(positions.writeText(position)).equals(position)).toBe(true);
    expect(positions.readText(`${flavour} ${position.format().replaceAll(',', ',\n')}`).equals(position)).toBe(true);
  });

  it('is read from its bytes, and leaves what follows', () => {
    const writer = new TokenBytesWriter();
    positions.writeBytes(writer, position);
    positions.writeBytes(writer, null);
    const bytes = writer.byte(77).finish();
    expect(bytes[0]).toBe(positions.kind(flavour).tokenByte);
    const reader = new TokenBytesReader(bytes);
    expect(positions.readBytes(reader)?.equals(position)).toBe(true);
    expect(positions.readBytes(reader)).toBeNull();
    expect(reader.byte()).toBe(77);
    expect(reader.isAtEnd()).toBe(true);
  });
});

describe('what is no position', () => {
  it.each<[string, string, new (...words: never[]) => Error]>([
    ['of a kind that is not known', 'oracle 12', RangeError],
    ['without a kind', '0-1-100', RangeError],
    ['without anything', '', RangeError],
    ['with an empty kind', ' 0-1-100', RangeError],
    ['that the kind does not read', 'mariadb what', MalformedPositionError],
  ])('is refused as a text: %s', (_, text, error) => {
    expect(() => positions.readText(text)).toThrow(error);
  });

  it('is refused with a part of a long name', () => {
    expect(() => positions.kind('x'.repeat(1000))).toThrow(/named x{40}$/);
  });

  it.each([
    ['a byte of no kind', [200]],
    ['nothing', []],
  ])('is refused as bytes: %s', (_, bytes) => {
    expect(() => positions.readBytes(new TokenBytesReader(Buffer.from(bytes)))).toThrow(RangeError);
  });

  it('is not written of a kind that is not known', () => {
    const toy = { ...parsePosition('mariadb', '0-1-1'), flavour: 'toy' } as Position;
    expect(() => positions.writeBytes(new TokenBytesWriter(), toy)).toThrow('named toy');
  });
});
