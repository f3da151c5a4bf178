import { afterEach, describe, expect, it, vi } from 'vitest';
import { forgetRecheck, maxOwn, ownRechecks, rememberRecheck } from '../../../src/dashboard/orders/own-rechecks.ts';
import type { Job } from '../../../src/dashboard/orders/recheck-documents.ts';
import { followedOf, withFound } from '../../../src/dashboard/orders/shown-rechecks.ts';

const job = (id: string, more: Partial<Job> = {}): Job => ({
  id,
  kind: 'RECHECK_ORDERS',
  state: 'RUNNING',
  queuedAt: `2026-11-20T10:00:0${id.length}.000Z`,
  total: 10,
  done: 2,
  changed: 2,
  unchanged: 0,
  gone: 0,
  failed: 0,
  alreadyQueued: 0,
  consistencyToken: null,
  ...more,
});

describe('rechecks that are shown', () => {
  it('are joined by those that are found, the oldest first', () => {
    const found = [job('bb'), job('a')];
    expect(withFound([job('ccc')], found, found).map(({ id }) => id)).toEqual(['a', 'bb', 'ccc']);
  });

  it.each([
    ['goes on', { done: 3 }, { done: 5 }, { done: 5 }],
    ['has ended', {}, { state: 'FINISHED', done: 10 }, { state: 'FINISHED', done: 10 }],
    ['was told something newer already', { done: 7 }, { done: 5 }, { done: 7 }],
    ['has ended already', { state: 'FINISHED', done: 10 }, { done: 9 }, { state: 'FINISHED', done: 10 }],
  ] as const)('are what an answer says, unless it is older: one that %s', (_, shown, seen, now) => {
    expect(withFound([job('a', shown)], [], [job('a', seen)])).toEqual([job('a', now)]);
  });

  it('stay the same when there is nothing new', () => {
    const shown = [job('a')];
    expect(withFound(shown, [job('a')], [job('a')])).toBe(shown);
  });

  it('are followed as far as there are connections, the newest of those that go on', () => {
    const ended = job('e', { state: 'FINISHED' });
    expect([...followedOf([job('a'), job('b'), job('c'), ended])]).toEqual(['b', 'c']);
  });
});

describe('rechecks of this browser', () => {
  afterEach(() => vi.unstubAllGlobals());
  const withStorage = (first: string | null) => {
    const kept = new Map<string, string>();
    if (first !== null) kept.set('tidemark-rechecks', first);
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, text: string) => kept.set(key, text),
    });
  };

  it('are remembered until their end was seen, as many as can be asked for at once', () => {
    withStorage(null);
    for (let place = 0; place < 30; place += 1) rememberRecheck(`r${place}`);
    expect(ownRechecks()).toHaveLength(maxOwn);
    expect(ownRechecks()[0]).toBe('r29');
    rememberRecheck('r25');
    expect(ownRechecks().slice(0, 2)).toEqual(['r25', 'r29']);
    forgetRecheck('r25');
    expect(ownRechecks()).not.toContain('r25');
  });

  it.each([['nonsense'], ['{"a":1}'], ['[1,null,{}]'], [`["${'x'.repeat(500)}"]`]])(
    'are none where the storage holds something else: %s',
    (text) => {
      withStorage(text);
      expect(ownRechecks()).toEqual([]);
    },
  );

  it('are none where nothing may be stored', () => {
    vi.stubGlobal('localStorage', undefined);
    rememberRecheck('r');
    expect(ownRechecks()).toEqual([]);
  });
});
