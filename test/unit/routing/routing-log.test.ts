import { describe, expect, it } from 'vitest';
import { TooManyListenersError } from '../../../src/cluster/cluster-events.ts';
import { type RoutedOperation, RoutingLog, type RoutingLogFilter } from '../../../src/routing/routing-log.ts';

type Noted = Omit<RoutedOperation, 'sequence'>;

const read: Noted = {
  atMs: 0,
  operation: { name: 'Orders', type: 'query' },
  level: 'SESSION',
  required: null,
  decision: { node: 'replica-1', role: 'REPLICA', reason: 'replica-after-wait', waitedMs: 12 },
  tookMs: 14,
  errorCode: null,
};
const failed: Noted = {
  ...read,
  operation: { name: null, type: 'mutation' },
  decision: null,
  errorCode: 'SOURCE_UNAVAILABLE',
};

const sequences = (entries: readonly RoutedOperation[]) => entries.map(({ sequence }) => sequence);

describe('the routing log', () => {
  it('keeps the last operations and forgets those before', () => {
    const log = new RoutingLog(3);
    expect(log.last(10, {})).toEqual([]);
    for (let count = 0; count < 5; count += 1) log.note(read);
    expect(sequences(log.last(10, {}))).toEqual([5, 4, 3]);
    expect(sequences(log.last(2, {}))).toEqual([5, 4]);
    expect(log.last(0, {})).toEqual([]);
  });

  it('counts only what matches towards how many are wanted', () => {
    const log = new RoutingLog(100);
    for (let count = 0; count < 10; count += 1) log.note(count % 2 === 0 ? read : failed);
    expect(sequences(log.last(3, { failed: true }))).toEqual([10, 8, 6]);
  });

  it.each<[RoutingLogFilter, boolean, boolean]>([
    [{}, true, true],
    [{ node: 'replica-1' }, true, false],
    [{ node: 'replica-2' }, false, false],
    [{ role: 'REPLICA' }, true, false],
    [{ role: 'SOURCE' }, false, false],
    [{ reasons: ['any-replica', 'replica-after-wait'] }, true, false],
    [{ reasons: [] }, false, false],
    [{ level: 'SESSION' }, true, true],
    [{ level: 'STRONG' }, false, false],
    [{ kind: 'query' }, true, false],
    [{ kind: 'mutation' }, false, true],
    [{ name: 'ORDER' }, true, false],
    [{ failed: false }, true, false],
    [{ failed: true }, false, true],
    [{ minWaitedMs: 12 }, true, false],
    [{ minWaitedMs: 13 }, false, false],
    [{ minWaitedMs: 0 }, true, true],
    [{ role: 'REPLICA', kind: 'mutation' }, false, false],
  ])('asked for %j it shows a read: %s, and a failed write: %s', (filter, showsRead, showsFailed) => {
    const log = new RoutingLog(10);
    log.note(read);
    log.note(failed);
    expect(sequences(log.last(10, filter))).toEqual([...(showsFailed ? [2] : []), ...(showsRead ? [1] : [])]);
  });

  it('tells readers what matches from now on, until they leave', async () => {
    const log = new RoutingLog(10);
    log.note(read);
    const reader = log.open({ failed: true }, 'a');
    log.note(read);
    log.note(failed);
    expect(await reader.next()).toMatchObject({ value: { item: { sequence: 3 }, missed: 0 } });
    await reader.return();
    log.note(failed);
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it('drops the oldest for a reader that does not read, and says how many', async () => {
    const log = new RoutingLog(10);
    const reader = log.open({}, 'a');
    for (let count = 0; count < 250; count += 1) log.note(read);
    expect(await reader.next()).toMatchObject({ value: { item: { sequence: 51 }, missed: 50 } });
  });

  it('ends all readers when it is closed, and those that come later', async () => {
    const log = new RoutingLog(10);
    const early = log.open({}, 'a');
    log.close();
    const late = log.open({}, 'a');
    expect([await early.next(), await late.next()].map(({ done }) => done)).toEqual([true, true]);
  });

  it('has room for so many readers and no more, and for fewer of one client', async () => {
    const log = new RoutingLog(10);
    const readers = Array.from({ length: 20 }, () => log.open({}, 'a'));
    expect(() => log.open({}, 'a')).toThrow(/at most 20 per client/);
    for (const client of ['b', 'c', 'd', 'e']) {
      for (let count = 0; count < 20; count += 1) log.open({}, client);
    }
    expect(() => log.open({}, 'f')).toThrow(TooManyListenersError);
    await readers[0]?.return();
    log.open({}, 'f');
    expect(() => log.open({}, 'a')).toThrow(/at most 100 in all/);
  });
});
