import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedPositionError, MixedFlavourError } from '../../../src/consistency/errors.ts';
import { TokenBytesReader, TokenBytesWriter } from '../../../src/consistency/token-bytes.ts';
import { mariadbPositions } from '../../../src/servers/mariadb/positions.ts';
import { formatLsn, parseLsn } from '../../../src/servers/postgresql/lsn.ts';
import { postgresqlPositions } from '../../../src/servers/postgresql/positions.ts';
import { WalPosition } from '../../../src/servers/postgresql/wal-position.ts';

const at = (text: string) => WalPosition.parse(text);

describe('a place in the log', () => {
  it.each([
    ['0/1781F18', 0x1781f18n, '0/1781F18'],
    ['0/01781F18', 0x1781f18n, '0/1781F18'],
    ['16/b374d848', 0x16b374d848n, '16/B374D848'],
    ['FFFFFFFF/FFFFFFFF', 2n ** 64n - 1n, 'FFFFFFFF/FFFFFFFF'],
    ['0/0', 0n, '0/0'],
  ])('%s is read as its number', (text, lsn, printed) => {
    expect(parseLsn(text)).toBe(lsn);
    expect(formatLsn(lsn)).toBe(printed);
  });

  it.each(['', '0', '0/', '/0', '0/123456789', '123456789/0', 'G/0', '0/0/0', ' 0/1'])('%j is none', (text) => {
    expect(parseLsn(text)).toBeNull();
  });
});

describe('a position as text', () => {
  it.each([
    ['2/0/1781F18', '2/0/1781F18'],
    ['2/0/01781F18', '2/0/1781F18'],
    ['2/0/20,1/0/10', '1/0/10,2/0/20'],
    ['1/0/10, \n2/0/20', '1/0/10,2/0/20'],
    ['1/0/0,2/0/20', '2/0/20'],
    ['', ''],
  ])('%j is read', (text, format) => {
    expect(at(text).format()).toBe(format);
    expect(at(text).line()).toBe(format);
  });

  it.each(['0/0/10', '4294967296/0/10', '0/1781F18', '1/0/10,1/0/20', '1/0/10,', 'x', '-1/0/10', '1/0/G'])(
    '%j is refused',
    (text) => {
      expect(() => at(text)).toThrow(MalformedPositionError);
    },
  );
});

describe('what a position includes', () => {
  it.each([
    ['the same timeline, further', '1/0/20', '1/0/10', true],
    ['the same timeline, not so far', '1/0/10', '1/0/20', false],
    ['an earlier timeline, before the branch', '1/0/10,2/0/30', '1/0/9', true],
    ['what was lost: behind the branch, and still below the new end', '1/0/10,2/0/30', '1/0/11', false],
    ['an earlier timeline of a history that is not known', '2/0/30', '1/0/9', false],
    ['a later timeline at a lower place', '1/0/40', '2/0/30', false],
    ['both parts of a session that crossed a promotion', '1/0/10,2/0/30', '1/0/8,2/0/20', true],
  ])('%s', (_, outer, inner, includes) => {
    expect(at(outer).includes(at(inner))).toBe(includes);
  });

  it.each([
    ['1/0/20', '1/0/10', 0x10n, ['1/0/20 after 0/10']],
    ['1/0/10', '1/0/20', 0n, []],
    ['1/0/10,2/0/30', '1/0/8', 0x28n, ['1/0/10 after 0/8', '2/0/30 after 0/10']],
    ['2/0/30', '1/0/30', 1n, ['2/0/30 after 0/30']],
    ['1/0/10', '', 0x10n, ['1/0/10']],
  ])('of %s is missing in %s: %s bytes', (ahead, behind, bytes, words) => {
    expect(at(ahead).countMissingIn(at(behind))).toBe(bytes);
    expect(at(ahead).missingIn(at(behind))).toEqual(words);
  });

  it('without what all share keeps what is on the newest timeline', () => {
    expect(at('1/0/10,2/0/30').withoutShared(at('1/0/10,2/0/20'))?.format()).toBe('2/0/30');
    expect(at('1/0/10,2/0/15').withoutShared(at('1/0/10,2/0/20'))?.format()).toBe('2/0/15');
    expect(at('1/0/12,2/0/30').withoutShared(at('1/0/10,2/0/20'))?.format()).toBe('1/0/12,2/0/30');
    expect(at('1/0/10').withoutShared(at('1/0/10,2/0/20'))).toBeNull();
    expect(WalPosition.empty.withoutShared(at('1/0/10'))).toBeNull();
  });
});

const lsn = fc.oneof(
  { weight: 9, arbitrary: fc.bigInt({ min: 0n, max: 12n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 2n ** 64n - 6n, max: 2n ** 64n - 1n }) },
);
const end = fc.record({ timeline: fc.constantFrom(1, 2, 3, 2 ** 32 - 1), lsn });
const position = fc.array(end, { maxLength: 4 }).map((ends) => WalPosition.fromEnds(ends));
const all = (law: (a: WalPosition, b: WalPosition, c: WalPosition) => void) =>
  fc.assert(fc.property(position, position, position, law), { numRuns: 1_000 });

describe('positions in general', () => {
  it('survive being written down, as text and as bytes, and leave what follows', () => {
    all((a) => {
      expect(at(a.format()).format()).toBe(a.format());
      const writer = new TokenBytesWriter();
      a.write(writer);
      const reader = new TokenBytesReader(writer.byte(77).finish());
      expect(postgresqlPositions.read(reader).format()).toBe(a.format());
      expect(reader.byte()).toBe(77);
    });
  });

  it('include by a partial order, and merge into the smallest that includes both', () => {
    all((a, b, c) => {
      expect(a.includes(a) && a.includes(WalPosition.empty)).toBe(true);
      expect(a.equals(b)).toBe(a.format() === b.format());
      if (a.includes(b) && b.includes(c)) expect(a.includes(c)).toBe(true);
      expect(c.includes(a.merge(b))).toBe(c.includes(a) && c.includes(b));
      expect(a.merge(b).format()).toBe(b.merge(a).format());
      expect(a.merge(b).merge(c).format()).toBe(a.merge(b.merge(c)).format());
      expect(a.merge(a)).toBe(a);
    });
  });

  it('intersect into the greatest that lies within both', () => {
    all((a, b, c) => {
      const shared = a.intersect(b);
      expect(shared !== null && a.includes(shared) && b.includes(shared)).toBe(true);
      expect(shared?.includes(c)).toBe(a.includes(c) && b.includes(c));
    });
  });

  it('miss nothing of another exactly when they include it', () => {
    all((a, b) => {
      expect(b.countMissingIn(a) === 0n).toBe(a.includes(b));
      expect(b.missingIn(a).length === 0).toBe(a.includes(b));
      expect(a.withParts(() => true).format()).toBe(a.format());
      expect(a.parts().every((part) => a.includes(part.position()))).toBe(true);
    });
  });

  it('are judged by a history that includes what they include', () => {
    all((a, b) => {
      const verdict = postgresqlPositions.historyOf({ position: a }).judge(b);
      expect(verdict === 'INCLUDED').toBe(a.includes(b));
    });
  });
});

describe('a history', () => {
  const history = (text: string) => postgresqlPositions.historyOf({ position: at(text) });

  it.each([
    ['1/0/10,3/0/30', '1/0/10', 'INCLUDED'],
    ['1/0/10,3/0/30', '1/0/11', 'LACKING'],
    ['1/0/10,3/0/30', '2/0/5', 'LACKING'],
    ['1/0/10,3/0/30', '4/0/5', 'LACKING'],
    ['3/0/30', '2/0/5', 'UNKNOWN'],
    ['3/0/30', '4/0/5', 'LACKING'],
    ['3/0/30', '2/0/5,3/0/40', 'LACKING'],
  ])('of %s judges %s to be %s', (own, asked, verdict) => {
    expect(history(own).judge(at(asked))).toBe(verdict);
  });

  it('grows by commits, and does not go on where another one was promoted', () => {
    const before = history('1/0/20');
    expect(before.after(at('1/0/30')).continues(before)).toBe(true);
    expect(history('1/0/20,2/0/30').continues(before)).toBe(true);
    expect(history('1/0/10,2/0/30').continues(before)).toBe(false);
    expect(history('1/0/10,2/0/30').surviving(at('1/0/20'))?.format()).toBe('1/0/10');
    expect(before.surviving(at('2/0/5'))).toBeNull();
    expect([before.hasWriter('1'), before.hasWriter('2')]).toEqual([true, false]);
  });
});

it('positions of two kinds never include each other', () => {
  const other = mariadbPositions.parse('0-1-1');
  expect([at('1/0/1').includes(other), other.includes(at('1/0/1'))]).toEqual([false, false]);
  expect(at('1/0/1').intersect(other)).toBeNull();
  expect(() => at('1/0/1').merge(other)).toThrow(MixedFlavourError);
  expect(() => at('1/0/1').countMissingIn(other)).toThrow(MixedFlavourError);
});

it.each([
  ['no timeline', [1, 0, 5]],
  ['a timeline twice', [2, 1, 5, 1, 6]],
  ['less than it says', [2, 1, 5]],
])('bytes with %s are refused', (_, bytes) => {
  expect(() => postgresqlPositions.read(new TokenBytesReader(Buffer.from(bytes)))).toThrow(RangeError);
});
