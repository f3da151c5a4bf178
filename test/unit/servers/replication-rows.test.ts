import { describe, expect, it } from 'vitest';
import { words as mariadbWords } from '../../../src/servers/mariadb/replication-words.ts';
import { words as mysqlWords } from '../../../src/servers/mysql/replication-words.ts';
import { followedBy, receiverOf, replicationState } from '../../../src/servers/mysql-family/replication-rows.ts';
import type { Row } from '../../../src/servers/rows.ts';

type Given = Partial<
  Record<'io' | 'sql' | 'lag' | 'delay' | 'host' | 'port' | 'sourceId' | 'name' | 'sqlError' | 'ioError', unknown>
>;

describe.each([
  ['mariadb', mariadbWords],
  ['mysql', mysqlWords],
])('replication as %s prints it', (_, words) => {
  const row = ({ io = 'Yes', sql = 'Yes', lag = 0, delay = 0, ...given }: Given = {}): Row => ({
    [words.channel]: given.name ?? '',
    [`${words.source}_Host`]: given.host ?? 'source',
    [`${words.source}_Port`]: given.port ?? 3306,
    [words.sourceId]: given.sourceId ?? '1',
    [`${words.replica}_IO_Running`]: io,
    [`${words.replica}_SQL_Running`]: sql,
    [`Seconds_Behind_${words.source}`]: lag,
    SQL_Delay: delay,
    Last_SQL_Errno: given.sqlError ?? 0,
    Last_IO_Errno: given.ioError ?? '0',
  });
  const state = (...rows: readonly Given[]) => replicationState(rows.map(row), words);

  it.each([
    ['Yes', 'CONNECTED', true],
    ['No', 'STOPPED', false],
    ['Connecting', 'CONNECTING', true],
    ['Preparing', 'CONNECTING', true],
  ] as const)('receives with %s: %s', (io, receiver, receiving) => {
    expect(receiverOf([row({ io })], words)).toBe(receiver);
    expect(state({ io })).toMatchObject({ receiving, channels: [{ receiving }] });
  });

  it.each([
    ['Yes', 'RUNNING', true],
    ['No', 'STOPPED', false],
    ['Connecting', 'STOPPED', false],
    ['', 'STOPPED', false],
  ] as const)('applies with "%s": %s', (sql, applier, applying) => {
    expect(state({ sql })).toMatchObject({ applier, channels: [{ applying }] });
  });

  it.each<[unknown, number | null]>([
    [0, 0],
    ['7', 7000],
    [null, null],
    ['', null],
  ])('is late by %s seconds: %s ms', (lag, lagMs) => {
    // `lag` that is null takes no default.
    expect(replicationState([{ ...row(), [`Seconds_Behind_${words.source}`]: lag }], words).lagMs).toBe(lagMs);
  });

  it.each<[Given, string | null]>([
    [{}, null],
    [{ sqlError: 1062 }, 'error 1062'],
    [{ ioError: '1236' }, 'error 1236'],
    [{ sqlError: '1032', ioError: 2003 }, 'error 1032'],
    [{ sqlError: '', ioError: '' }, null],
  ])('tells of %j the number: %s', (given, error) => {
    expect(state(given).replicationError).toBe(error);
  });

  it.each<[unknown, string | null]>([
    ['0', null],
    ['', null],
    [0, null],
    ['AB-1', 'ab-1'],
    [7, '7'],
  ])('knows a source that calls itself "%s" as %s', (sourceId, expected) => {
    expect(state({ sourceId }).channels[0]?.sourceId).toBe(expected);
  });

  it('tells each channel, and all of them as the worst', () => {
    const all = state({ name: 'a', lag: 2, delay: 5 }, { name: 'b', io: 'No', sql: 'No', lag: 9, sqlError: 1 });
    expect(all).toMatchObject({
      applier: 'STOPPED',
      receiving: false,
      replicationError: 'error 1',
      lagMs: 9000,
      delayMs: 5000,
    });
    expect(all.channels).toMatchObject([
      { name: 'a', host: 'source', port: 3306, delayMs: 5000, lagMs: 2000, error: null },
      { name: 'b', delayMs: 0, lagMs: 9000, error: 'error 1' },
    ]);
  });

  it('does not know how late several are while one does not say', () => {
    expect(state({ lag: 2 }, { lag: '' }).lagMs).toBeNull();
  });

  it('is none without a row', () => {
    expect(state()).toEqual({
      applier: 'NONE',
      receiving: false,
      replicationError: null,
      lagMs: null,
      delayMs: 0,
      channels: [],
    });
    expect(receiverOf([], words)).toBe('NONE');
    expect(followedBy([], words)).toBeNull();
  });

  it('follows the host of its first channel, and none without one', () => {
    expect(followedBy([row({ port: '3310' }), row({ host: 'other' })], words)).toEqual({ host: 'source', port: 3310 });
    expect(followedBy([row({ host: '' })], words)).toBeNull();
  });
});
