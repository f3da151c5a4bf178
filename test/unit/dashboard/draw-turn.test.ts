import { describe, expect, it } from 'vitest';
import { type DrawTurn, drawDelayMs } from '../../../src/dashboard/orders/draw-turn.ts';

const never = Number.NEGATIVE_INFINITY;
const rest: DrawTurn = { nowMs: 10_000, sinceMs: 10_000, drawnMs: never, tookMs: 0, pressedMs: never };

describe('when changes of others are drawn', () => {
  it.each<[string, Partial<DrawTurn>, number]>([
    ['the first one at once', {}, 0],
    ['one after a while at once', { drawnMs: 9000, tookMs: 20, pressedMs: 5000 }, 0],
    ['one soon after others with those that follow', { drawnMs: 9970, tookMs: 5 }, 70],
    ['the more rarely, the longer drawing takes', { drawnMs: 9970, tookMs: 60 }, 210],
    ['at last, however long drawing takes', { drawnMs: 9990, tookMs: 3000 }, 500],
    ['right after a press', { pressedMs: 9980 }, 100],
    ['after both', { drawnMs: 9950, tookMs: 5, pressedMs: 9990 }, 110],
    ['at last, however often something is pressed', { sinceMs: 9600, pressedMs: 10_000 }, 100],
    ['when they have waited for half a second', { sinceMs: 9400, drawnMs: 9390, tookMs: 3000, pressedMs: 10_000 }, 0],
  ])('%s', (_, turn, delayMs) => {
    expect(drawDelayMs({ ...rest, ...turn })).toBe(delayMs);
  });

  it('takes a quarter of the time at most while they keep coming', () => {
    const tookMs = 90;
    let nowMs = 0;
    let drawnMs = never;
    let draws = 0;
    while (nowMs < 60_000) {
      nowMs += drawDelayMs({ nowMs, sinceMs: nowMs, drawnMs, tookMs, pressedMs: never });
      drawnMs = nowMs;
      nowMs += tookMs;
      draws += 1;
    }
    expect((draws * tookMs) / nowMs).toBeLessThanOrEqual(0.26);
  });
});
