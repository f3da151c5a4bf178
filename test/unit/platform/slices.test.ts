import { describe, expect, it } from 'vitest';
import { Slices } from '../../../src/platform/slices.ts';
import { allSettled } from '../../support/ticking-clock.ts';

/** Slices that go on when they are told to, and what was done in each. */
function sliced(points: number) {
  const goOn: (() => void)[] = [];
  const slices = new Slices(points, () => new Promise<void>((resolve) => goOn.push(resolve)));
  let done: string[] = [];
  const work = (client: string, cost: number) => {
    const turn = slices.take(client, cost);
    if (turn === null) done.push(client);
    else void turn.then(() => done.push(client));
  };
  /** What was done since it was asked last. */
  const told = async () => {
    await allSettled();
    const before = done.join('');
    done = [];
    return before;
  };
  const next = async () => {
    for (const resolve of goOn.splice(0)) resolve();
    return told();
  };
  return { work, told, next };
}

describe('work in slices', () => {
  it('is done at once while it is little', async () => {
    const { work, told } = sliced(100);
    for (let piece = 0; piece < 4; piece += 1) work('a', 25);
    expect(await told()).toBe('aaaa');
  });

  it('is done a slice at a time, and ends', async () => {
    const { work, told, next } = sliced(100);
    for (let piece = 0; piece < 10; piece += 1) work('a', 25);
    expect([await told(), await next(), await next(), await next(), await next()]).toEqual([
      'aaaa',
      'aaaa',
      'aa',
      '',
      '',
    ]);
    work('a', 25);
    expect(await told()).toBe('a');
  });

  it('is done one by one where each piece is more than a slice', async () => {
    const { work, told, next } = sliced(100);
    for (let piece = 0; piece < 3; piece += 1) work('a', 5000);
    expect([await told(), await next(), await next(), await next()]).toEqual(['a', 'a', 'a', '']);
  });

  it('alternates between clients, even if one has more of it', async () => {
    const { work, told, next } = sliced(100);
    for (let piece = 0; piece < 8; piece += 1) work('a', 50);
    work('b', 50);
    work('c', 50);
    expect([await told(), await next(), await next(), await next()]).toEqual(['aa', 'ab', 'ca', 'aa']);
  });
});
