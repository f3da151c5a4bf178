import { describe, expect, it } from 'vitest';
import { firstAfter, lateAfterMs, measure } from '../../faults/measures.ts';
import type { Sample } from '../../faults/steady-load.ts';

const read = (startedMs: number, endedMs: number, error: string | null = null, node = 'a'): Sample => ({
  kind: 'read',
  startedMs,
  endedMs,
  error,
  node,
  satisfied: false,
});
const write = (startedMs: number, endedMs: number, error: string | null = null): Sample => ({
  ...read(startedMs, endedMs, error),
  kind: 'write',
});

describe('what a fault did', () => {
  it('is the longest time without a successful answer, for reads and writes separately', () => {
    const samples = [
      read(0, 10),
      read(10, 20, 'NODE_LOST'),
      read(20, 400),
      read(30, 40),
      write(0, 5),
      write(5, 900, 'SOURCE_UNAVAILABLE'),
    ];
    expect(measure(samples, { fromMs: 0, untilMs: 1000 })).toEqual({
      reads: 4,
      failedReads: 1,
      lateReads: 1,
      longestReadMs: 380,
      readOutageMs: 600,
      writeOutageMs: 995,
      longestRefusalMs: 895,
      errors: { NODE_LOST: 1, SOURCE_UNAVAILABLE: 1 },
    });
  });

  it('leaves out what was over before it began', () => {
    expect(measure([read(0, 300), read(500, 510)], { fromMs: 400, untilMs: 600 })).toMatchObject({
      reads: 1,
      longestReadMs: 10,
      readOutageMs: 110,
    });
  });
});

describe('a late read', () => {
  it.each([
    ['nothing to read', [], 250],
    ['a fast machine', [read(0, 40), read(40, 140)], 250],
    ['a slow machine', [read(0, 40), read(40, 440)], 550],
  ])('is told from what is usual: %s', (_, usual, wantedMs) => {
    const lateMs = lateAfterMs(measure(usual, { fromMs: 0, untilMs: 1000 }));
    expect(lateMs).toBe(wantedMs);
    const during = [read(2000, 2000 + wantedMs), read(2000, 2001 + wantedMs)];
    expect(measure(during, { fromMs: 2000, untilMs: 4000 }, lateMs).lateReads).toBe(1);
  });
});

describe('the return', () => {
  it('is the first answer of a request that was begun after it', () => {
    const samples = [read(90, 200, null, 'b'), read(110, 150, null, 'a'), read(120, 180, null, 'b')];
    expect(firstAfter(samples, 100, ({ node }) => node === 'b')).toBe(80);
    expect(firstAfter(samples, 100, ({ node }) => node === 'c')).toBeNull();
  });
});
