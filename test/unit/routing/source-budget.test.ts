import { beforeEach, describe, expect, it } from 'vitest';
import { SourceReadsExhaustedError } from '../../../src/routing/errors.ts';
import { SourceBudget } from '../../../src/routing/source-budget.ts';
import { allSettled, TickingClock } from '../../support/ticking-clock.ts';

let clock: TickingClock;
let budget: SourceBudget;
let entered: number[];
let refused: number[];

beforeEach(() => {
  clock = new TickingClock();
  budget = new SourceBudget({ clock, limit: 2, waitMs: 100 });
  entered = [];
  refused = [];
});

async function come(...names: number[]): Promise<void> {
  for (const name of names) {
    budget.enter().then(
      () => entered.push(name),
      (error) => {
        expect(error).toBeInstanceOf(SourceReadsExhaustedError);
        refused.push(name);
      },
    );
  }
  await allSettled();
}

describe('the budget of reads on the source', () => {
  it('lets as many in as it says', async () => {
    await come(1, 2, 3);
    expect(entered).toEqual([1, 2]);
  });

  it('hands room on in the order of arrival', async () => {
    await come(1, 2, 3, 4);
    budget.leave();
    await allSettled();
    expect(entered).toEqual([1, 2, 3]);
    budget.leave();
    await allSettled();
    expect(entered).toEqual([1, 2, 3, 4]);
    expect(clock.timers).toBe(0);
  });

  it('lets no read wait long', async () => {
    await come(1, 2, 3);
    await clock.tick(99);
    expect(refused).toEqual([]);
    await clock.tick(1);
    expect(refused).toEqual([3]);
    budget.leave();
    await come(4);
    expect(entered).toEqual([1, 2, 4]);
  });

  it('has a line no longer than itself', async () => {
    await come(1, 2, 3, 4, 5);
    expect(refused).toEqual([5]);
  });

  it('never loses room, whatever the order of events', async () => {
    await come(1, 2, 3, 4);
    await clock.tick(100);
    budget.leave();
    budget.leave();
    await come(5, 6, 7);
    expect(entered).toEqual([1, 2, 5, 6]);
    budget.leave();
    await allSettled();
    expect(entered).toEqual([1, 2, 5, 6, 7]);
  });
});
