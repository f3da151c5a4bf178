import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MixedFlavourError } from '../../../src/consistency/errors.ts';
import type { Position } from '../../../src/consistency/position.ts';
import type { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';
import { emptyPosition, parsePosition } from '../../support/positions.ts';
import { mariadbPosition, mysqlPosition, pairOf, positionOf } from './arbitrary-positions.ts';

const flavours = ['mysql', 'mariadb'] as const;

describe.each(flavours)('a %s position', (flavour) => {
  const position = positionOf[flavour];
  const one = (law: (a: Position) => void) => fc.assert(fc.property(position, law));
  const two = (law: (a: Position, b: Position) => void) =>
    fc.assert(
      fc.property(pairOf[flavour], ([a, b]) => law(a, b)),
      { numRuns: 1_000 },
    );

  it('survives being formatted and parsed', () => {
    one((a) => {
      const again = parsePosition(flavour, a.format());
      expect(again.equals(a)).toBe(true);
      expect(again.format()).toBe(a.format());
    });
  });

  it('includes itself and nothing', () => {
    one((a) => {
      expect(a.includes(a)).toBe(true);
      expect(a.includes(parsePosition(flavour, a.format()))).toBe(true);
      expect(a.includes(emptyPosition(flavour))).toBe(true);
      expect(emptyPosition(flavour).includes(a)).toBe(a.isEmpty());
    });
  });

  it('equals another exactly when each includes the other', () => {
    two((a, b) => {
      expect(a.equals(b)).toBe(a.includes(b) && b.includes(a));
    });
  });

  it('includes what is included by what it includes', () => {
    fc.assert(
      fc.property(position, position, position, (a, b, c) => {
        const ab = a.merge(b);
        const abc = ab.merge(c);
        expect(abc.includes(ab) && ab.includes(a) && abc.includes(a)).toBe(true);
        if (a.includes(b) && b.includes(c)) expect(a.includes(c)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('merges into the smallest position that includes both', () => {
    fc.assert(
      fc.property(position, position, position, (a, b, c) => {
        const merged = a.merge(b);
        expect(merged.includes(a) && merged.includes(b)).toBe(true);
        expect(c.includes(merged)).toBe(c.includes(a) && c.includes(b));
      }),
      { numRuns: 1_000 },
    );
  });

  it('merges in any order and grouping, and with itself, to the same text', () => {
    fc.assert(
      fc.property(position, position, position, (a, b, c) => {
        expect(a.merge(b).format()).toBe(b.merge(a).format());
        expect(a.merge(b).merge(c).format()).toBe(a.merge(b.merge(c)).format());
        expect(a.merge(a)).toBe(a);
        expect(a.merge(emptyPosition(flavour)).format()).toBe(a.format());
      }),
      { numRuns: 500 },
    );
  });

  it('is behind another by no transaction exactly when it includes it', () => {
    two((a, b) => {
      expect(b.countMissingIn(a) === 0n).toBe(a.includes(b));
      expect(a.countMissingIn(b) === 0n).toBe(b.includes(a));
    });
  });
});

describe('MySQL set algebra', () => {
  it('splits a set into what another has and what it has not', () => {
    fc.assert(
      fc.property(mysqlPosition, mysqlPosition, (a, b) => {
        const shared = a.intersect(b);
        const rest = a.minus(b);
        expect(shared.merge(rest).format()).toBe(a.format());
        expect(rest.intersect(b).isEmpty()).toBe(true);
        expect(shared.equals(b.intersect(a))).toBe(true);
        expect(shared.transactionCount() + rest.transactionCount()).toBe(a.transactionCount());
        expect(rest.isEmpty()).toBe(b.includes(a));
      }),
      { numRuns: 1_000 },
    );
  });

  it('keeps all of the named sources and nothing else', () => {
    fc.assert(
      fc.property(mysqlPosition, (a) => {
        const uuids = [...new Set([...a.streams()].map(({ uuid }) => uuid))];
        const [first, ...others] = uuids;
        if (first === undefined) return;
        const kept = a.withOnlySources([first.toUpperCase()]);
        expect([...kept.streams()].every(({ uuid }) => uuid === first)).toBe(true);
        expect(kept.merge(a.withOnlySources(others)).format()).toBe(a.format());
      }),
    );
  });
});

const domainsOf = (position: MariadbGtidPosition) => position.gtids().map(({ domainId }) => domainId);

describe('MariaDB domains', () => {
  it('merges to the highest number of each domain', () => {
    fc.assert(
      fc.property(mariadbPosition, mariadbPosition, (a, b) => {
        const merged = a.merge(b);
        for (const domainId of domainsOf(merged)) {
          const numbers = [a.sequenceIn(domainId) ?? 0n, b.sequenceIn(domainId) ?? 0n];
          expect(numbers).toContain(merged.sequenceIn(domainId));
          expect(numbers.every((number) => number <= (merged.sequenceIn(domainId) ?? 0n))).toBe(true);
        }
        expect(domainsOf(merged)).toEqual([...new Set([...domainsOf(a), ...domainsOf(b)])].sort((x, y) => x - y));
      }),
    );
  });
});

describe('positions of different flavours', () => {
  it('never include each other and refuse to be combined', () => {
    fc.assert(
      fc.property(mysqlPosition, mariadbPosition, (mysql, mariadb) => {
        expect(mysql.includes(mariadb) || mariadb.includes(mysql) || mysql.equals(mariadb)).toBe(false);
        expect(() => mysql.merge(mariadb)).toThrow(MixedFlavourError);
        expect(() => mariadb.merge(mysql)).toThrow(MixedFlavourError);
        expect(() => mysql.countMissingIn(mariadb)).toThrow(MixedFlavourError);
      }),
      { numRuns: 50 },
    );
  });
});
