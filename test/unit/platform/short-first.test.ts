import { describe, expect, it } from 'vitest';
import { ShortFirst } from '../../../src/platform/short-first.ts';
import { allSettled, TickingClock } from '../../support/ticking-clock.ts';

/** A clock on which the piece of work that comes now takes so long. */
class WorkingClock extends TickingClock {
  workedMs = 0;
  override monotonic(): number {
    return super.monotonic() + this.workedMs;
  }
}

function standing(first: ShortFirst, clock: WorkingClock, pieceMs: number) {
  const state = { goesOn: false };
  void first.standBack().then(() => {
    state.goesOn = true;
  });
  clock.workedMs += pieceMs;
  return state;
}

describe('long work', () => {
  it('goes on with the next turn while there is nothing short', async () => {
    const clock = new WorkingClock();
    const long = standing(new ShortFirst(clock), clock, 5);
    await allSettled();
    await allSettled();
    expect([long.goesOn, clock.timers]).toEqual([true, 0]);
  });

  it('of several goes on one piece a turn', async () => {
    const first = new ShortFirst(new WorkingClock());
    const happened: string[] = [];
    const pieces = ['one', 'two', 'three'].map((name) => first.standBack().then(() => happened.push(name)));
    const turns = async () => {
      for (let turn = 0; turn < 4; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        happened.push('turn');
      }
    };
    await Promise.all([...pieces, turns()]);
    expect(happened.join(' ').replace(/^turn /, '')).toMatch(/^one turn two turn three/);
  });

  it('stands back until all that is short is over, or turned out to be long', async () => {
    const clock = new WorkingClock();
    const first = new ShortFirst(clock);
    const [one, other] = [first.begin(), first.begin()];
    const long = standing(first, clock, 5);
    await allSettled();
    one();
    one();
    await allSettled();
    expect(long.goesOn).toBe(false);
    other();
    await allSettled();
    expect([long.goesOn, clock.timers]).toEqual([true, 0]);
  });

  it.each([
    ['four times as long as its piece took', 5, 20],
    ['never longer than a moment', 1000, 50],
  ])('where there is always something short it stands back %s', async (_, pieceMs, waitMs) => {
    const clock = new WorkingClock();
    const first = new ShortFirst(clock);
    first.begin();
    const long = standing(first, clock, pieceMs);
    await allSettled();
    await clock.tick(waitMs - 1);
    expect(long.goesOn).toBe(false);
    await clock.tick(1);
    expect([long.goesOn, clock.timers]).toEqual([true, 0]);
  });
});
