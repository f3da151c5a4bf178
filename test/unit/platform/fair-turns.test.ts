import { describe, expect, it } from 'vitest';
import { FairTurns } from '../../../src/platform/fair-turns.ts';
import { allSettled } from '../../support/ticking-clock.ts';

const bounds = { maxWaiting: 6, maxWaitingPerClient: 4 };

/** Who had a turn so far, in sequence. */
function line(turns: FairTurns) {
  const had: string[] = [];
  const ask = (client: string, signal?: AbortSignal) => {
    const turn = turns.take(client, signal);
    if (turn === null) return 'full';
    if (turn === true) had.push(client);
    else void turn.then(() => had.push(client)).catch(() => undefined);
    return turn === true ? 'had' : 'waits';
  };
  const giveBack = async (times: number) => {
    for (let time = 0; time < times; time += 1) {
      turns.giveBack();
      await allSettled();
    }
    return had.join('');
  };
  return { ask, giveBack };
}

describe('turns of many clients', () => {
  it('are immediate while there is no other client', async () => {
    const { ask, giveBack } = line(new FairTurns(bounds));
    expect(ask('a')).toBe('had');
    await giveBack(1);
    expect(ask('a')).toBe('had');
  });

  it('alternate between clients, even if one asks for more', async () => {
    const { ask, giveBack } = line(new FairTurns(bounds));
    for (let time = 0; time < 5; time += 1) ask('a');
    ask('b');
    ask('c');
    expect(await giveBack(6)).toBe('aabcaaa');
    expect(await giveBack(1)).toBe('aabcaaa');
    expect(ask('b')).toBe('had');
  });

  it('are refused only to a client that waits for many', () => {
    const turns = new FairTurns(bounds);
    const { ask } = line(turns);
    for (let time = 0; time < 5; time += 1) expect(ask('a')).not.toBe('full');
    expect([ask('a'), ask('b'), turns.waiting]).toEqual(['full', 'waits', 5]);
  });

  it('are refused to all when all queues together are long', () => {
    const { ask } = line(new FairTurns(bounds));
    for (let time = 0; time < 5; time += 1) ask('a');
    expect([ask('b'), ask('c'), ask('d')]).toEqual(['waits', 'waits', 'full']);
  });

  it('are not waited for any longer when that is given up, and leave the place to others', async () => {
    const turns = new FairTurns({ maxWaiting: 1, maxWaitingPerClient: 1 });
    const { ask, giveBack } = line(turns);
    const leaving = new AbortController();
    ask('a');
    const left = turns.take('b', leaving.signal);
    leaving.abort(new Error('too late'));
    await expect(left).rejects.toThrow('too late');
    expect([turns.waiting, ask('c')]).toEqual([0, 'waits']);
    expect(await giveBack(1)).toBe('ac');
    await expect(turns.take('d', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  });
});
