import { describe, expect, it } from 'vitest';
import { afterBeat, Strain, type StrainState, strainOf, stretchOf } from '../../../src/platform/strain.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

const none: StrainState = { deniedMs: 0, ranMs: 0 };
const strainAfter = (beats: number, beat: { deniedMs: number; ranMs: number }, from = none) => {
  let state = from;
  for (let index = 0; index < beats; index += 1) state = afterBeat(state, beat);
  return strainOf(state);
};

describe('the strain of a process', () => {
  it.each([
    ['that runs when it wants', { deniedMs: 0, ranMs: 200 }, 0, 0.01],
    ['that waits for half of what it wants', { deniedMs: 100, ranMs: 100 }, 0.45, 0.5],
    ['that gets a fifth of what it wants', { deniedMs: 200, ranMs: 50 }, 0.75, 0.8],
    ['that does next to nothing', { deniedMs: 1, ranMs: 1 }, 0, 0.2],
  ])('%s', (_, beat, least, most) => {
    const strain = strainAfter(20, beat);
    expect(strain).toBeGreaterThanOrEqual(least);
    expect(strain).toBeLessThanOrEqual(most);
  });

  it('that was stopped for long is forgotten within seconds', () => {
    const stopped = afterBeat(none, { deniedMs: 60_000, ranMs: 0 });
    expect(stretchOf(strainOf(stopped))).toBe(5);
    expect(stretchOf(strainAfter(12, { deniedMs: 0, ranMs: 50 }, stopped))).toBe(1);
  });
});

it.each([
  [0, 1],
  [0.6, 1],
  [0.8, 2],
  [0.9, 4],
  [0.95, 5],
  [1, 5],
])('at a strain of %f others get %f times as long', (strain, stretch) => {
  expect(stretchOf(strain)).toBeCloseTo(stretch, 5);
});

describe('a process that counts its beats', () => {
  it('tells of a pause once, right after it, and gives others more time for a while', async () => {
    const clock = new TickingClock();
    const pauses: number[] = [];
    const strain = new Strain(
      clock,
      (ms) => pauses.push(ms),
      () => null,
    );
    let pausing = 0;
    const sleep = clock.sleep.bind(clock);
    clock.sleep = (ms, options) => sleep(ms + pausing, options);
    strain.start();
    await clock.tick(249);
    expect([pauses, strain.stretch()]).toEqual([[], 1]);
    pausing = 3000;
    await clock.tick(1);
    pausing = 0;
    await clock.tick(3250);
    expect(pauses).toEqual([3000]);
    expect(strain.stretch()).toBeGreaterThan(3);
    await clock.tick(10_000);
    expect([pauses.length, strain.stretch()]).toEqual([1, 1]);
    strain.stop();
    await clock.tick(0);
    expect(clock.timers).toBe(0);
  });

  it('that are all in time knows that it was stopped in the middle of its work', async () => {
    const clock = new TickingClock();
    // It runs a fifth of the time, and has work all the time.
    const use = () => ({ ranMs: clock.monotonic() / 5, waitedMs: 0 });
    const strain = new Strain(
      clock,
      () => undefined,
      use,
      () => clock.monotonic(),
    );
    strain.start();
    await clock.tick(10_000);
    expect(strain.strain).toBeGreaterThan(0.7);
    expect(strain.stretch()).toBeGreaterThan(1.4);
    strain.stop();
  });
});
