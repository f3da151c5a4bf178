import { describe, expect, it } from 'vitest';
import { Turns } from '../../../src/platform/turns.ts';

describe('turns', () => {
  it('are had at once while there are some', () => {
    const turns = new Turns(2, 0);
    expect([turns.take(), turns.take(), turns.take()]).toEqual([true, true, null]);
    turns.giveBack();
    expect(turns.take()).toBe(true);
  });

  it('come in the sequence in which they were asked for', async () => {
    const turns = new Turns(1, 2);
    turns.take();
    const order: string[] = [];
    const first = Promise.resolve(turns.take()).then(() => order.push('first'));
    const second = Promise.resolve(turns.take()).then(() => order.push('second'));
    expect(turns.waiting).toBe(2);
    expect(turns.take()).toBeNull();
    turns.giveBack();
    await first;
    turns.giveBack();
    await second;
    expect(order).toEqual(['first', 'second']);
  });

  it('are not waited for any longer when that is given up', async () => {
    const turns = new Turns(1, 1);
    turns.take();
    const leaving = new AbortController();
    const left = turns.take(leaving.signal);
    leaving.abort(new Error('too late'));
    await expect(left).rejects.toThrow('too late');
    expect(turns.waiting).toBe(0);
    turns.giveBack();
    expect(turns.take()).toBe(true);
  });

  it('are not waited for at all when that was given up before', async () => {
    const turns = new Turns(1, 1);
    turns.take();
    await expect(turns.take(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    expect(turns.waiting).toBe(0);
  });
});
