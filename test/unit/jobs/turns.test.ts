import { describe, expect, it } from 'vitest';
import { turnOfTask } from '../../../src/jobs/turns.ts';

describe('the turn of a task', () => {
  it.each([
    [0, 7, 0, 7],
    [9, 7, 3, 16],
    [0, 7, 4, 8],
    [1, 7, 4, 10],
    [9, 0, 400, 100 + 9 * 101],
    [10_000, 0, 999, 2 ** 21 - 2],
  ])('n %i, turn %i under way, %i jobs besides: %i', (n, underWay, besides, turn) => {
    expect(turnOfTask(n, { underWay, besides })).toBe(turn);
  });

  it('lets a job of another client come soon, however many one has asked for', () => {
    // One after another: a thousand of one order each, or a hundred of two hundred.
    for (const [jobs, orders] of [
      [1000, 1],
      [100, 200],
      [1, 10_000],
    ] as const) {
      const before = Array.from({ length: jobs }, (_, besides) =>
        Array.from({ length: orders }, (_, n) => turnOfTask(n, { underWay: 0, besides })),
      ).flat();
      const last = turnOfTask(2, { underWay: 0, besides: 0 });
      expect(before.filter((turn) => turn <= last).length).toBeLessThan(40);
    }
  });
});
