import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type InvalidationMark,
  lackingSinceMs,
  maxMarks,
  noMarks,
  readMarks,
  stormGraceMs,
  withRoom,
  writeMark,
} from '../../../src/cache/invalidation-marks.ts';
import { positions } from '../../../src/servers/known-flavours.ts';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';
import { mariadbPosition, mysqlPosition } from '../consistency/arbitrary-positions.ts';

const oldestFirst = (marks: InvalidationMark[]) => [...marks].sort((a, b) => a.atMs - b.atMs);
const marksOf = (position: typeof mariadbPosition | typeof mysqlPosition) =>
  fc.array(fc.record({ position, atMs: fc.nat(1000) }), { maxLength: 20 }).map(oldestFirst);

describe.each([
  ['MariaDB', mariadbPosition],
  ['MySQL', mysqlPosition],
])('the marks of %s', (_, position) => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(marksOf(position), (marks) => {
        const read = readMarks(['version', ...marks.map((mark) => writeMark(mark, positions))].join('\n'), positions);
        expect(read.version).toBe('version');
        expect(read.marks.map(({ atMs }) => atMs)).toEqual(marks.map(({ atMs }) => atMs));
        for (const [index, mark] of marks.entries())
          expect(read.marks[index]?.position.equals(mark.position)).toBe(true);
      }),
    );
  });

  it('stay few, and never make an answer look newer than it is', () => {
    fc.assert(
      fc.property(marksOf(position), position, (marks, answer) => {
        const kept = withRoom(marks);
        expect(kept.length).toBeLessThan(maxMarks);
        const before = lackingSinceMs({ version: '', marks }, answer);
        const after = lackingSinceMs({ version: '', marks: kept }, answer);
        expect(after === null).toBe(before === null);
        if (before !== null) expect(after).toBeLessThanOrEqual(before);
      }),
    );
  });
});

describe('in a storm that lasts', () => {
  const spacingMs = 200;
  it.each([1, 2, 3, 8, 20])('it stays known since when an answer is late, when %i processes tell', (processes) => {
    const position = (number: number) => MariadbGtidPosition.parse(`0-1-${number}`);
    let marks: readonly InvalidationMark[] = [];
    const told: InvalidationMark[] = [];
    for (let number = 1; number <= 60 * processes; number += 1) {
      const mark = { position: position(number), atMs: Math.round((number * spacingMs) / processes) };
      told.push(mark);
      marks = [...withRoom(marks), mark];
      if (number % processes > 0) continue;
      const recent = told.slice(-(stormGraceMs / spacingMs) * processes);
      for (const answer of recent) {
        const truly = lackingSinceMs({ version: '', marks: recent }, answer.position);
        const known = lackingSinceMs({ version: '', marks }, answer.position);
        if (truly === null) expect(known).toBeNull();
        // What rests for three quarters of its grace must not be outdated before.
        else if (mark.atMs - truly <= stormGraceMs * 0.8) {
          expect(mark.atMs - (known ?? Number.NaN)).toBeLessThanOrEqual(stormGraceMs);
        }
      }
    }
  });
});

describe('marks that cannot be read', () => {
  it.each(['v\nnonsense', 'v\n5 oracle 0-1-5', 'v\n5 mariadb what'])('count as none: %j', (text) => {
    expect(readMarks(text, positions)).toEqual({ version: 'v', marks: [] });
  });

  it('are none at first', () => {
    expect(readMarks(null, positions)).toBe(noMarks);
    expect(lackingSinceMs(noMarks, readMarks('v\n5 mariadb 0-1-5', positions).marks[0]?.position as never)).toBeNull();
  });
});
