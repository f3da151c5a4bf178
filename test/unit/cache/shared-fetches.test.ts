import { beforeEach, describe, expect, it } from 'vitest';
import { writeAnswer } from '../../../src/cache/cached-answer.ts';
import type { Fetched } from '../../../src/cache/redis-answers.ts';
import { SharedFetches } from '../../../src/cache/shared-fetches.ts';
import { positions } from '../../../src/servers/known-flavours.ts';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

const position = MariadbGtidPosition.parse('0-1-7');
const answerOf = (count: number) =>
  writeAnswer({
    epoch: 1,
    node: 'replica-1',
    role: 'REPLICA',
    includes: position,
    seen: position,
    readAtMs: 5,
    values: { count },
  });

let clock: TickingClock;
let asked: string[];
let kept: string | null;
let fetches: SharedFetches;

beforeEach(() => {
  clock = new TickingClock();
  asked = [];
  kept = answerOf(1);
  fetches = new SharedFetches(
    {
      fetch: async (epoch, key): Promise<Fetched> => {
        const answer = kept;
        asked.push(`${epoch} ${key}`);
        await clock.sleep(10);
        return { answer, marks: 'v1', nowMs: clock.now() };
      },
    },
    positions,
    clock,
  );
});

describe('fetches that are shared', () => {
  it('are two for a crowd: the one on its way, and the next', async () => {
    const crowd = Array.from({ length: 20 }, () => fetches.fetch(1, 'a'));
    await clock.tick(20);
    expect((await Promise.all(crowd)).map(({ answer }) => answer?.values.count)).toEqual(Array(20).fill(1));
    expect(asked).toEqual(['1 a', '1 a']);
  });

  it('never began before their caller asked', async () => {
    const early = fetches.fetch(1, 'a');
    await clock.tick(5);
    kept = answerOf(2);
    const late = fetches.fetch(1, 'a');
    await clock.tick(20);
    expect((await early).answer?.values.count).toBe(1);
    expect((await late).answer?.values.count).toBe(2);
  });

  it('are shared by those who ask for the same only', async () => {
    const both = [fetches.fetch(1, 'a'), fetches.fetch(1, 'b')];
    await clock.tick(20);
    await Promise.all(both);
    expect(asked).toEqual(['1 a', '1 b']);
  });

  it('find one object for one text, and another one for another', async () => {
    const found = [];
    for (const text of [answerOf(1), answerOf(1), answerOf(2), null, answerOf(1)]) {
      kept = text;
      const fetching = fetches.fetch(1, 'a');
      await clock.tick(10);
      found.push((await fetching).answer);
    }
    expect(found[1]).toBe(found[0]);
    expect(found.map((answer) => answer?.values.count)).toEqual([1, 1, 2, undefined, 1]);
    expect(found[4]).not.toBe(found[0]);
  });

  it('find what this process has kept as it knows it already', async () => {
    kept = answerOf(3);
    const known = fetches.remember('a', kept);
    const fetching = fetches.fetch(1, 'a');
    await clock.tick(10);
    expect((await fetching).answer).toBe(known);
    expect(known?.values.count).toBe(3);
  });

  it('that fail, fail for all who share them, and the next ones fetch again', async () => {
    let failing = true;
    const flaky = new SharedFetches(
      {
        fetch: async () => {
          if (failing) throw new Error('gone');
          return { answer: null, marks: null, nowMs: 1 };
        },
      },
      positions,
      clock,
    );
    const crowd = await Promise.allSettled([flaky.fetch(1, 'a'), flaky.fetch(1, 'a'), flaky.fetch(1, 'a')]);
    expect(crowd.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    failing = false;
    await expect(flaky.fetch(1, 'a')).resolves.toMatchObject({ answer: null });
  });
});
