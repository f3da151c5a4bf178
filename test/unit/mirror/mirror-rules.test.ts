import { describe, expect, it } from 'vitest';
import { pauseMs } from '../../../src/mirror/mirror-pace.ts';
import { type MirrorTurn, turnOf } from '../../../src/mirror/mirror-turn.ts';
import { judgeRefusal } from '../../../src/mirror/refused-record.ts';

const most = () => 1;

describe('the pause before the next round', () => {
  it.each([
    ['FULL', 0, 0],
    ['SOME', 0, 80],
    ['SOME', 9, 80],
    ['NOTHING', 0, 20],
    ['NOTHING', 2, 45],
    ['NOTHING', 1000, 150],
    ['TROUBLE', 0, 100],
    ['TROUBLE', 1000, 1000],
  ] as const)('after %s, %i times more, is at most %d ms', (outcome, repeats, ms) => {
    expect(pauseMs(outcome, repeats, most)).toBe(ms);
  });
});

describe('a mirror', () => {
  const cases: [
    before: MirrorTurn | null,
    waiting: number,
    parked: number,
    ageMs: number | null,
    turn: MirrorTurn | null,
  ][] = [
    [null, 0, 0, null, 'CAUGHT_UP'],
    [null, 9, 0, 100, 'CAUGHT_UP'],
    [null, 9, 0, 3000, null],
    ['CAUGHT_UP', 9, 0, 4000, null],
    ['CAUGHT_UP', 9, 0, 5001, 'BEHIND'],
    ['BEHIND', 9, 0, 5001, null],
    ['BEHIND', 9, 0, 1001, null],
    ['BEHIND', 9, 0, 1000, 'CAUGHT_UP'],
    ['BEHIND', 0, 0, null, 'CAUGHT_UP'],
    ['CAUGHT_UP', 0, 1, null, 'BEHIND'],
    ['BEHIND', 0, 1, null, null],
  ];
  it.each(cases)(
    'that was %s, with %i waiting, %i parked, the oldest %s ms old, turns %s',
    (before, waiting, parked, oldestAgeMs, turn) => {
      expect(turnOf(before, { waiting, parked, oldestAgeMs }, 5000)).toBe(turn);
    },
  );
});

describe('a refused record', () => {
  it('is tried again later and later, and parked at last', () => {
    const verdicts = [1, 2, 3].map((attempts) => judgeRefusal(attempts, 3, most));
    expect(verdicts).toEqual([
      { action: 'POSTPONE', delayMs: 200 },
      { action: 'POSTPONE', delayMs: 600 },
      { action: 'PARK' },
    ]);
  });
});
