import { describe, expect, it } from 'vitest';
import type { ReadRefusal, Refusing, TrialOutcome } from '../../../src/cluster/read-refusals.ts';
import { ReadTrials } from '../../../src/cluster/read-trials.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

const refusal: ReadRefusal = { code: '1461', mayBeStatement: false, cure: null };

/** A server whose reads are refused, and what is told of it. */
function watch(outcomes: readonly TrialOutcome[] = []) {
  const clock = new TickingClock();
  const told: (Refusing | null)[] = [];
  const tried: string[] = [];
  const left = [...outcomes];
  const trials = new ReadTrials(clock, (refusing) => told.push(refusing));
  const refuse = (name: string, how: () => Promise<TrialOutcome> = async () => left.shift() ?? 'REFUSED') =>
    trials.refused(refusal, () => {
      tried.push(name);
      return how();
    });
  return { clock, told, tried, trials, refuse };
}

describe('reads that a server refuses', () => {
  it('are told of with the third, and tried again a second later, by the last that was refused', async () => {
    const { clock, told, tried, refuse } = watch(['ANSWERED']);
    for (const name of ['first', 'second']) refuse(name);
    expect(told).toEqual([]);
    refuse('third');
    expect(told).toEqual([expect.objectContaining({ code: '1461', trials: 0 })]);
    await clock.tick(999);
    expect(tried).toEqual([]);
    await clock.tick(1);
    expect(tried).toEqual(['third']);
    expect(told.at(-1)).toBeNull();
    expect(clock.timers).toBe(0);
  });

  it('that come in while the server is left out change nothing: one trial at a time, with the same read', async () => {
    const { clock, told, tried, refuse } = watch(['REFUSED', 'ANSWERED']);
    for (const name of ['first', 'second', 'third', 'fourth', 'fifth']) refuse(name);
    expect(clock.timers).toBe(1);
    expect(told).toHaveLength(1);
    await clock.tick(1000);
    refuse('sixth');
    expect(clock.timers).toBe(1);
    await clock.tick(2000);
    expect(tried).toEqual(['third', 'third']);
    expect(told.map((refusing) => refusing?.trials ?? null)).toEqual([0, 1, null]);
  });

  it('are counted from none after an answer, and each change is told once', async () => {
    const { clock, told, refuse } = watch(['ANSWERED']);
    for (const name of ['first', 'second', 'third']) refuse(name);
    await clock.tick(1000);
    expect(told).toHaveLength(2);
    for (const name of ['fourth', 'fifth']) refuse(name);
    expect(told).toHaveLength(2);
    refuse('sixth');
    expect(told).toHaveLength(3);
  });

  it('are neither counted nor tried once it is closed', async () => {
    const { clock, told, tried, trials, refuse } = watch();
    for (const name of ['first', 'second', 'third']) refuse(name);
    trials.close();
    expect(clock.timers).toBe(0);
    await clock.tick(60_000);
    expect(tried).toEqual([]);
    for (const name of ['fourth', 'fifth', 'sixth']) refuse(name);
    expect(told).toHaveLength(1);
    expect(clock.timers).toBe(0);
  });

  it('are not told of if it was closed during a trial', async () => {
    const { clock, told, trials, refuse } = watch();
    let answer: (outcome: TrialOutcome) => void = () => undefined;
    const pending = () => new Promise<TrialOutcome>((resolve) => (answer = resolve));
    for (const name of ['first', 'second', 'third']) refuse(name, pending);
    await clock.tick(1000);
    trials.close();
    answer('REFUSED');
    await clock.tick(60_000);
    expect(told).toHaveLength(1);
    expect(clock.timers).toBe(0);
  });
});
