import { beforeEach, describe, expect, it } from 'vitest';
import { TooManyListenersError } from '../../../src/cluster/cluster-events.ts';
import { type Commit, type CommitListener, CommittedEvent } from '../../../src/database/session/committed-event.ts';
import type { Logger } from '../../../src/platform/log.ts';
import { at } from '../../support/scripted-probe.ts';
import { allSettled } from '../../support/ticking-clock.ts';

const commit: Omit<Commit, 'database'> = {
  outcome: 'COMMITTED',
  position: at(7),
  onlyOnSource: false,
  epoch: 3,
  issuedAtMs: 17,
  appended: 2,
  readsFollow: true,
  change: 'of the one who wrote',
};

let logged: object[];
let event: CommittedEvent;
let heard: string[];

beforeEach(() => {
  logged = [];
  heard = [];
  const log: Pick<Logger, 'error'> = { error: (facts: object | string) => logged.push(Object(facts)) };
  event = new CommittedEvent('orders', log);
});

/** A listener that says so when it is called, and then does this. */
const named =
  (name: string, then: CommitListener = () => undefined): CommitListener =>
  (told) => {
    heard.push(name);
    return then(told);
  };

describe('a commit', () => {
  it('is told in the order of subscription, to each the same, which no listener can change', () => {
    const values: Commit[] = [];
    for (const name of ['a', 'b', 'c']) event.subscribe(named(name, (told) => values.push(told)));
    event.tell(commit);
    expect(heard).toEqual(['a', 'b', 'c']);
    expect(values[0]).toEqual({ database: 'orders', ...commit });
    expect(new Set(values).size).toBe(1);
    expect(Object.isFrozen(values[0])).toBe(true);
  });

  it('is emitted to no one without subscribers', () => {
    expect(() => event.tell(commit)).not.toThrow();
    expect(logged).toEqual([]);
  });
});

const failure = Object.assign(new Error('broke'), { code: 'BROKEN' });
const failing: readonly (readonly [string, CommitListener])[] = [
  [
    'throws',
    () => {
      throw failure;
    },
  ],
  ['rejects', () => Promise.reject(failure)],
  ['rejects later', () => allSettled().then(() => Promise.reject(failure))],
];

it.each(failing)('a listener that %s is logged and stays, and harms no other', async (_, fail) => {
  event.subscribe(named('before'));
  event.subscribe(named('failing', fail));
  event.subscribe(named('behind'));
  event.tell(commit);
  event.tell(commit);
  expect(heard).toEqual(['before', 'failing', 'behind', 'before', 'failing', 'behind']);
  await allSettled();
  const line = { event: 'COMMIT_LISTENER_FAILED', database: 'orders', err: failure };
  expect(logged).toEqual([line, line]);
});

describe('a subscription', () => {
  it('ends once, and no other with it, also one of the same function', () => {
    const listener = named('twice');
    const [endFirst, endSecond] = [event.subscribe(listener), event.subscribe(listener)];
    endFirst();
    endFirst();
    event.tell(commit);
    expect(heard).toEqual(['twice']);
    endSecond();
    event.tell(commit);
    expect(heard).toEqual(['twice']);
  });

  it.each([
    ['itself', 'b', ['a', 'b', 'c'], ['a', 'c']],
    ['one that is told before it', 'a', ['a', 'c'], ['a', 'c']],
    ['one that is told after it', 'c', ['a', 'b', 'c'], ['a', 'c']],
  ])('that is ended by %s while a commit is told is not told any more', (_, ender, first, second) => {
    let end = () => {};
    for (const name of ['a', 'b', 'c']) {
      const subscribed = event.subscribe(named(name, () => name === ender && end()));
      if (name === 'b') end = subscribed;
    }
    event.tell(commit);
    expect(heard).toEqual(first);
    heard = [];
    event.tell(commit);
    expect(heard).toEqual(second);
  });

  it('that begins while a commit is told begins with the next one', () => {
    let begun = false;
    event.subscribe(
      named('old', () => {
        if (!begun) event.subscribe(named('new'));
        begun = true;
      }),
    );
    event.tell(commit);
    expect(heard).toEqual(['old']);
    event.tell(commit);
    expect(heard).toEqual(['old', 'old', 'new']);
  });

  it('is one of so many, and makes room when it ends', () => {
    const ends = Array.from({ length: 100 }, () => event.subscribe(named('one')));
    expect(() => event.subscribe(named('too many'))).toThrow(TooManyListenersError);
    ends[0]?.();
    event.subscribe(named('last'));
    event.tell(commit);
    expect([heard.length, heard.at(-1)]).toEqual([100, 'last']);
  });
});
