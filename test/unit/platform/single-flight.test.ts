import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NextFlight } from '../../../src/platform/single-flight.ts';
import { allSettled, TickingClock } from '../../support/ticking-clock.ts';

type Landing = { readonly land: () => void; readonly crash: (error: Error) => void };

function setUp(spacingMs = 0) {
  const clock = new TickingClock();
  const flights: Landing[] = [];
  const next = new NextFlight(
    () => {
      const number = flights.length + 1;
      return new Promise<number>((resolve, reject) => flights.push({ land: () => resolve(number), crash: reject }));
    },
    { clock, spacingMs },
  );
  return { clock, flights, next };
}

describe('a next flight', () => {
  it('starts at once when none runs', () => {
    const { flights, next } = setUp();
    void next.run();
    expect(flights).toHaveLength(1);
  });

  it('shares the next call between all that ask during a call', async () => {
    const { flights, next } = setUp();
    const first = next.run();
    const others = [next.run(), next.run(), next.run()];
    flights[0]?.land();
    await allSettled();
    expect(flights).toHaveLength(2);
    flights[1]?.land();
    expect([await first, ...(await Promise.all(others))]).toEqual([1, 2, 2, 2]);
  });

  it('tells each caller of its own failed call, and goes on', async () => {
    const { flights, next } = setUp();
    const first = next.run();
    const second = next.run();
    flights[0]?.crash(new Error('first'));
    await expect(first).rejects.toThrow('first');
    flights[1]?.land();
    expect(await second).toBe(2);
  });

  it('survives a call that throws before it waits for anything', async () => {
    let broken = true;
    const next = new NextFlight(
      (): Promise<string> => {
        if (broken) throw new Error('at once');
        return Promise.resolve('well');
      },
      { clock: new TickingClock() },
    );
    await expect(next.run()).rejects.toThrow('at once');
    broken = false;
    expect(await next.run()).toBe('well');
  });

  it('lets patient callers share the calls of one spacing', async () => {
    const { clock, flights, next } = setUp(10);
    void next.run({ patient: true });
    flights[0]?.land();
    await clock.tick(4);
    const patient = [next.run({ patient: true }), next.run({ patient: true })];
    await clock.tick(5);
    expect(flights).toHaveLength(1);
    await clock.tick(1);
    flights[1]?.land();
    expect(await Promise.all(patient)).toEqual([2, 2]);
  });

  it('takes the patient along when one comes that is not', async () => {
    const { clock, flights, next } = setUp(10);
    void next.run({ patient: true });
    flights[0]?.land();
    await clock.tick(4);
    const patient = next.run({ patient: true });
    const urgent = next.run();
    flights[1]?.land();
    expect(await Promise.all([patient, urgent])).toEqual([2, 2]);
    await clock.tick(100);
    expect(flights).toHaveLength(2);
    expect(clock.timers).toBe(0);
  });

  it('never gives a result of a call that started before its caller asked', async () => {
    const step = fc.constantFrom('ask', 'ask patiently', 'land', 'tick') satisfies fc.Arbitrary<string>;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { clock, flights, next } = setUp(3);
        const answers: Promise<void>[] = [];
        let landed = 0;
        const land = () => {
          const flight = flights[landed];
          if (flight === undefined) return;
          landed += 1;
          flight.land();
        };
        for (const what of steps) {
          if (what === 'land') land();
          else if (what === 'tick') await clock.tick(1);
          else {
            const started = flights.length;
            const answer = next.run({ patient: what === 'ask patiently' });
            answers.push(answer.then((number) => expect(number).toBeGreaterThan(started)));
          }
          await allSettled();
        }
        while (landed < flights.length || clock.timers > 0) {
          land();
          await clock.tick(3);
        }
        await Promise.all(answers);
      }),
      { numRuns: 200 },
    );
  });
});
