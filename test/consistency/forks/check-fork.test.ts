import { describe, expect, it } from 'vitest';
import { checkFork, type Told } from './check-fork.ts';

describe('the checker of forked histories', () => {
  const table: [survived: boolean, told: Told[], faults: number][] = [
    [true, ['PRESENT', 'FAILED', 'PRESENT'], 0],
    [false, ['WRITE_LOST', 'ABSENT'], 0],
    [false, ['PRESENT', 'FAILED', 'WRITE_LOST', 'ABSENT'], 0],
    [false, ['WRITE_LOST', 'PRESENT', 'WRITE_LOST', 'ABSENT'], 0],
    [false, ['WRITE_LOST', 'PRESENT', 'ABSENT'], 1],
    [false, ['WRITE_LOST', 'ABSENT', 'WRITE_LOST'], 1],
    [true, ['PRESENT', 'WRITE_LOST'], 1],
    [true, ['ABSENT', 'PRESENT'], 1],
    [false, ['ABSENT', 'WRITE_LOST'], 1],
    [false, ['ABSENT', 'ABSENT'], 1],
    [false, ['PRESENT', 'PRESENT'], 1],
    [false, ['WRITE_LOST', 'WRITE_LOST'], 1],
  ];
  it.each(table)('survived: %s, told %j: %d', (survived, told, faults) => {
    expect(checkFork([{ id: 1, order: 'T-1', survived, told }])).toHaveLength(faults);
  });

  const meeting: [told: Told[], faults: number][] = [
    [['PRESENT', 'WRITE_LOST', 'PRESENT'], 0],
    [['WRITE_LOST', 'PRESENT'], 1],
    [['PRESENT', 'WRITE_LOST', 'WRITE_LOST'], 1],
    [['PRESENT', 'WRITE_LOST', 'ABSENT'], 1],
  ];
  it.each(meeting)('survived, and asked servers that hold what was lost, told %j: %d', (told, faults) => {
    expect(checkFork([{ id: 1, order: 'T-1', survived: true, meetsLost: true, told }])).toHaveLength(faults);
  });
});
