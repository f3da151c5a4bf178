import { describe, expect, it } from 'vitest';
import { OwnClock, ownPart } from '../../../src/platform/own-clock.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

describe('of a step, as own time counts', () => {
  it.each([
    ['all that was meant, when it came in time', { meantMs: 40, tookMs: 40, waitedMs: 0 }, 40],
    ['what was meant, when it came late', { meantMs: 40, tookMs: 3040, waitedMs: 0 }, 40],
    ['no time in the queue for a processor', { meantMs: 40, tookMs: 41, waitedMs: 30 }, 11],
    ['a fifth at least', { meantMs: 40, tookMs: 41, waitedMs: 41 }, 8],
    ['lateness and queue once, where one is the other', { meantMs: 40, tookMs: 70, waitedMs: 30 }, 40],
  ])('%s', (_, step, counted) => {
    expect(ownPart(step)).toBe(counted);
  });
});

describe('a wait in own time', () => {
  it('is as long as any other while nothing is late', async () => {
    const clock = new TickingClock();
    const ended = firedAt(clock, new OwnClock(clock, () => null), 400);
    await clock.tick(1000);
    expect(ended.atMs).toBe(400);
  });

  it.each([1, 5, 10])('leaves out a pause of this process in step %i', async (step) => {
    const clock = new TickingClock();
    pauseIn(clock, step, 3000);
    const ended = firedAt(clock, new OwnClock(clock, () => null), 400);
    await clock.tick(10_000);
    // After a pause in the last step there is one more, for what came meanwhile.
    expect(ended.atMs).toBe(3400 + (step === 10 ? 40 : 0));
  });

  it('leaves out what the thread stood in the queue for, and ends all the same', async () => {
    const clock = new TickingClock();
    // Four fifths of the time somebody else runs.
    const use = () => ({ ranMs: 0, waitedMs: clock.monotonic() * 0.8 });
    const ended = firedAt(clock, new OwnClock(clock, use), 400);
    await clock.tick(10_000);
    // Nothing is asked of the system before the first step is over.
    expect(ended.atMs).toBeGreaterThan(40 + 350 * 5);
    expect(ended.atMs).toBeLessThanOrEqual(40 + 360 * 5);
  });

  /** Each step is late by so much, and the thread stood in the queue for so much of it. */
  it.each([
    ['nothing', 0, 0],
    ['a little, repeatedly', 5, 0],
    ['a little in the queue, repeatedly', 5, 30],
    ['half of the time', 40, 40],
    ['nearly all of the time', 400, 430],
    ['stops of seconds, one after the other', 3000, 0],
    ['a queue of seconds', 3000, 3030],
    ['all of the time, as the system tells it', 100, 1_000_000],
  ])(
    'ends within ten times its length and two late steps, whatever keeps the process: %s',
    async (_, lateMs, waitMs) => {
      const clock = new TickingClock();
      const after = clock.after.bind(clock);
      let waitedMs = 0;
      clock.after = (ms, callback) => after(ms + lateMs, callback);
      const ended = firedAt(
        clock,
        new OwnClock(clock, () => {
          waitedMs += waitMs;
          return { ranMs: 0, waitedMs };
        }),
        400,
      );
      await clock.tick(100_000);
      expect(ended.atMs).toBeGreaterThanOrEqual(400);
      expect(ended.atMs).toBeLessThanOrEqual(4000 + 2 * (40 + lateMs));
    },
  );

  it('that is cancelled ends nothing and leaves no timer', async () => {
    const clock = new TickingClock();
    let fired = false;
    const cancel = new OwnClock(clock, () => null).after(400, () => {
      fired = true;
    });
    await clock.tick(100);
    cancel();
    await clock.tick(1000);
    expect([fired, clock.timers]).toEqual([false, 0]);
  });

  it('can be slept through, and broken off', async () => {
    const clock = new TickingClock();
    const own = new OwnClock(clock, () => null);
    const slept = own.sleep(400).then(() => clock.monotonic());
    const ending = new AbortController();
    const broken = own.sleep(400, { signal: ending.signal }).catch((reason: unknown) => reason);
    await clock.tick(100);
    ending.abort('enough');
    await clock.tick(400);
    expect([await slept, await broken, clock.timers]).toEqual([400, 'enough', 0]);
  });
});

function firedAt(clock: TickingClock, own: OwnClock, ms: number): { atMs: number | null } {
  const ended: { atMs: number | null } = { atMs: null };
  own.after(ms, () => {
    ended.atMs = clock.monotonic();
  });
  return ended;
}

/** The timer of that number fires so much later than it was set for. */
function pauseIn(clock: TickingClock, step: number, pauseMs: number): void {
  const after = clock.after.bind(clock);
  let timers = 0;
  clock.after = (ms, callback) => {
    timers += 1;
    return after(timers === step ? ms + pauseMs : ms, callback);
  };
}
