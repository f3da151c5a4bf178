import { beforeEach, describe, expect, it } from 'vitest';
import type { OwnStatements } from '../../../src/database/clients/own-statements.ts';
import { DatabaseScope } from '../../../src/database/session/database-scope.ts';
import { openSnapshot } from '../../../src/database/session/positioned-snapshot.ts';
import { at } from '../../support/scripted-probe.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

const positions = { reached: at(5), observed: at(7) };
const own = {} as OwnStatements;

let clock: TickingClock;
let scope: DatabaseScope;
let limits: unknown;
let running: number;
let learn: boolean;
let refuse: Error | null;

beforeEach(() => {
  clock = new TickingClock();
  scope = new DatabaseScope('orders');
  running = 0;
  learn = true;
  refuse = null;
});

const client = {
  $transaction: async <T>(work: (transaction: string) => Promise<T>, given: unknown): Promise<T> => {
    limits = given;
    if (refuse !== null) throw refuse;
    const { snapshot } = scope;
    // As the adapter does when the transaction begins.
    if (snapshot !== null && learn) Object.assign(snapshot, { positions, own });
    running += 1;
    try {
      return await work('reader');
    } finally {
      running -= 1;
    }
  },
};
const open = () => openSnapshot(client, { scope, maxWaitMs: 100, timeoutMs: 2000, ownClock: clock });

describe('a snapshot', () => {
  it('is a transaction whose positions are known, with limits behind ours', async () => {
    const snapshot = await open();
    expect(snapshot).toMatchObject({ reader: 'reader', positions });
    expect(snapshot.own).toBe(own);
    expect(limits).toEqual({ maxWait: 60_100, timeout: 62_000 });
    expect(running).toBe(1);
  });

  it('ends when it is given back, and leaves no timer', async () => {
    const { end } = await open();
    end();
    await clock.tick(0);
    expect([running, clock.timers]).toEqual([0, 0]);
  });

  it('ends by itself after its time', async () => {
    await open();
    await clock.tick(1999);
    expect(running).toBe(1);
    await clock.tick(1);
    expect(running).toBe(0);
  });

  it('that cannot be begun is told as it is', async () => {
    refuse = new Error('refused');
    await expect(open()).rejects.toThrow('refused');
  });

  it('of which it is unknown what it shows is none', async () => {
    learn = false;
    await expect(open()).rejects.toThrow('like any other transaction');
    await clock.tick(0);
    expect(running).toBe(0);
  });

  it('is begun in the scope of its database, and is over behind it', async () => {
    expect(scope.snapshot).toBeNull();
    await open();
    expect(scope.snapshot).toBeNull();
  });
});
