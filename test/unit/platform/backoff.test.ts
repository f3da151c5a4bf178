import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, jittered } from '../../../src/platform/backoff.ts';

const options = { firstMs: 5, factor: 3, maxMs: 200 };
const chance = fc.double({ min: 0, max: 0.999, noNaN: true });

describe('a delay before a retry', () => {
  it.each([
    [0, 5],
    [1, 15],
    [2, 45],
    [3, 135],
    [4, 200],
    [1000, 200],
  ])('number %i is at most %i ms', (attempt, maxMs) => {
    expect(backoffMs(attempt, options, () => 1)).toBe(maxMs);
  });

  it('is never less than half of that, nor more', () => {
    fc.assert(
      fc.property(fc.nat(50), chance, (attempt, random) => {
        const maxMs = backoffMs(attempt, options, () => 1);
        const delayMs = backoffMs(attempt, options, () => random);
        expect(delayMs).toBeGreaterThanOrEqual(maxMs / 2);
        expect(delayMs).toBeLessThanOrEqual(maxMs);
      }),
    );
  });
});

describe('a jittered interval', () => {
  it('is off by a tenth at most', () => {
    fc.assert(
      fc.property(chance, (random) => {
        const ms = jittered(1000, () => random);
        expect(Math.abs(ms - 1000)).toBeLessThanOrEqual(100);
      }),
    );
  });
});
