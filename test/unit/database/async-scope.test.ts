import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AsyncScope } from '../../../src/database/session/async-scope.ts';

describe('an async scope', () => {
  const [session, capture] = [new AsyncScope<string>(), new AsyncScope<number>()];
  const seen = () => [session.current(), capture.current()];

  it('is empty outside', () => {
    expect(seen()).toEqual([undefined, undefined]);
  });

  it('is found behind awaits and timers, and only there', async () => {
    const late = session.run('a', async () => {
      await wait(5);
      return seen();
    });
    expect(seen()).toEqual([undefined, undefined]);
    expect(await late).toEqual(['a', undefined]);
  });

  it('leaves the others around it as they are, also behind its end', async () => {
    const inside = await session.run('a', async () => {
      const within = await capture.run(1, async () => seen());
      return [within, seen()];
    });
    expect(inside).toEqual([
      ['a', 1],
      ['a', undefined],
    ]);
  });

  it('hides the value around it, for as long as it lasts', () => {
    expect(session.run('a', () => [session.run('b', seen), seen()])).toEqual([
      ['b', undefined],
      ['a', undefined],
    ]);
  });

  it('keeps apart what runs side by side', async () => {
    const one = (name: string) =>
      session.run(name, async () => {
        await wait(1);
        return capture.run(name.length, async () => {
          await wait(1);
          return seen();
        });
      });
    expect(await Promise.all([one('a'), one('bb')])).toEqual([
      ['a', 1],
      ['bb', 2],
    ]);
  });
});
