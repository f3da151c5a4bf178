import { describe, expect, it } from 'vitest';
import { mariadbStatements } from '../../../src/servers/mariadb/statements.ts';
import { mysqlStatements } from '../../../src/servers/mysql/statements.ts';
import { poolSettings } from '../../../src/servers/mysql-family/session-settings.ts';
import { isUntold } from '../../../src/servers/untold.ts';
import { at } from '../../support/scripted-probe.ts';

describe("MariaDB's positions", () => {
  const row = (given: Record<string, unknown> = {}) => ({
    applied: '0-1-5',
    logged: '0-1-6',
    logsUpdates: 1,
    readOnly: 0,
    ...given,
  });
  const { reached, observed, observesByReplication } = mariadbStatements;

  it('of a source are what it has logged', () => {
    expect(reached([row()], false).format()).toBe('0-1-6');
  });
  it('of a replica are what it has applied, since it logs before reads can see', () => {
    expect(reached([row()], true).format()).toBe('0-1-5');
  });
  it('of a server that refuses writes are what it has applied, whatever it is taken for', () => {
    expect(reached([row({ readOnly: 1 })], false).format()).toBe('0-1-5');
  });
  it('that a read may have seen include what is logged', () => {
    expect(observed([row()], []).format()).toBe('0-1-6');
    expect(observesByReplication([row()], true)).toBe(false);
  });
  it('that a read may have seen include what was received where nothing is logged', () => {
    const silent = row({ logged: '', logsUpdates: 0 });
    expect(observesByReplication([silent], true)).toBe(true);
    expect(observed([silent], [{ Gtid_IO_Pos: '0-1-9' }, { Gtid_IO_Pos: '1-7-3' }]).format()).toBe('0-1-9,1-7-3');
  });
  it('of a source that logs no updates are its own log', () => {
    expect(observesByReplication([row({ logsUpdates: 0 })], false)).toBe(false);
  });
});

describe("MySQL's positions", () => {
  const uuid = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
  const group = '5c9e1b0a-0000-11ef-8000-0242ac120002';
  const { observed, reached } = mysqlStatements;
  const numbering = { gtid_mode: 'ON', log_bin: 1, sql_log_bin: 1 };
  const own = (row: Record<string, unknown>, previous?: Record<string, unknown>) => {
    const position = mysqlStatements.own({ ...numbering, ...row }, previous);
    return position === null || isUntold(position) ? position : position.format();
  };

  it('that a read may have seen include what is owned by threads', () => {
    const rows = [{ owned: `${uuid}:8#31:9#32` }, { executed: `${uuid}:1-7` }];
    expect(reached(rows, true).format()).toBe(`${uuid}:1-7`);
    expect(observed(rows, []).format()).toBe(`${uuid}:1-9`);
  });
  it('of a commit are those of its own server', () => {
    const executed = `${uuid}:1-7,${group}:1-3`;
    expect(own({ executed, uuid, groupName: null })).toBe(`${uuid}:1-7`);
    expect(own({ executed, uuid, groupName: group })).toBe(`${uuid}:1-7,\n${group}:1-3`);
  });
  it('of a commit are all there are when none carries the server', () => {
    expect(own({ executed: `${group}:1-3`, uuid, groupName: null })).toBe(`${group}:1-3`);
  });
  it('of a commit on a server without any are none', () => {
    expect(own({ executed: '', uuid, groupName: null })).toBeNull();
  });
});

describe("what MySQL's sessions commit without a number", () => {
  const row = (given: Record<string, unknown>) => ({
    executed: '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-7',
    uuid: '3e11fa47-71ca-11e1-9e33-c80aa9429562',
    gtid_mode: 'ON',
    log_bin: 1,
    sql_log_bin: 1,
    ...given,
  });
  const isTold = (given: Record<string, unknown>, previous?: Record<string, unknown>) =>
    mysqlStatements.own(row(given), previous && row(previous)) !== 'UNNUMBERED';

  it.each([
    ['OFF', undefined, false],
    ['OFF_PERMISSIVE', 'ON_PERMISSIVE', false],
    ['ON_PERMISSIVE', undefined, false],
    ['ON_PERMISSIVE', 'OFF_PERMISSIVE', false],
    ['ON_PERMISSIVE', 'ON_PERMISSIVE', true],
    ['ON_PERMISSIVE', 'ON', true],
    ['ON', undefined, true],
    ['ON', 'ON_PERMISSIVE', true],
  ])('is told in mode %s after %s: %s', (mode, before, told) => {
    expect(isTold({ gtid_mode: mode }, before === undefined ? undefined : { gtid_mode: before })).toBe(told);
  });

  it.each([
    [{ log_bin: 0 }, 'UNLOGGED'],
    [{ sql_log_bin: 0 }, 'UNLOGGED'],
    [{ sql_log_bin: null }, 'UNLOGGED'],
    [{ gtid_mode: null }, 'UNNUMBERED'],
  ])('is not told with %j', (given, why) => {
    expect(mysqlStatements.own(row(given), undefined)).toBe(why);
  });

  it.each([
    ['OFF', false],
    ['OFF_PERMISSIVE', false],
    ['ON_PERMISSIVE', true],
    ['ON', true],
  ])('makes its position worthless in mode %s', (mode, numbers) => {
    expect(mysqlStatements.numbers([{ owned: '' }, { executed: '', gtid_mode: mode }])).toBe(numbers);
  });
});

describe("MariaDB's own GTID", () => {
  const own = (row: Record<string, unknown>, previous?: Record<string, unknown>) => {
    const position = mariadbStatements.own({ logs: 1, ...row }, previous);
    return position === null || isUntold(position) ? position : position.format();
  };
  it.each([
    ['0-1-7', undefined, '0-1-7'],
    ['0-1-7', '0-1-6', '0-1-7'],
    ['0-1-7', '0-1-7', null],
    ['', undefined, null],
    ['', '0-1-7', null],
  ])('%j after %j is %j', (now, before, expected) => {
    const previous = before === undefined ? undefined : { own: before };
    expect(own({ own: now }, previous)).toBe(expected);
  });

  it('is none that tells anything where the session or the server logs nothing', () => {
    expect(own({ own: '0-1-7', logs: 0 })).toBe('UNLOGGED');
    expect(own({ own: '', logs: null })).toBe('UNLOGGED');
  });
});

describe('replication', () => {
  const channel = (given: Record<string, unknown> = {}) => ({
    Slave_SQL_Running: 'Yes',
    Slave_IO_Running: 'Yes',
    Seconds_Behind_Master: 2n,
    Last_SQL_Errno: 0,
    Last_SQL_Error: '',
    Last_IO_Errno: 0,
    ...given,
  });
  const state = (...rows: Record<string, unknown>[]) => mariadbStatements.replicationOf(rows);
  const well = { applier: 'RUNNING', receiving: true, replicationError: null, lagMs: 2000 };

  it.each([
    ['that runs', [channel()], well],
    ['of none', [], { ...well, applier: 'NONE', receiving: false, lagMs: null }],
    ['that does not know its lag', [channel({ Seconds_Behind_Master: null })], { ...well, lagMs: null }],
    [
      'that tries to connect',
      [channel({ Slave_IO_Running: 'Connecting', Seconds_Behind_Master: null })],
      { ...well, lagMs: null },
    ],
    ['that was told to stop', [channel({ Slave_SQL_Running: 'No' })], { ...well, applier: 'STOPPED' }],
    [
      'that has stopped receiving',
      [channel({ Slave_IO_Running: 'No', Last_IO_Errno: 1236 })],
      { ...well, receiving: false, replicationError: 'error 1236' },
    ],
    [
      'of two channels, one stopped',
      [channel(), channel({ Slave_SQL_Running: 'No', Seconds_Behind_Master: 9 })],
      { ...well, applier: 'STOPPED', lagMs: 9000 },
    ],
    [
      'of two channels, one without a lag',
      [channel(), channel({ Seconds_Behind_Master: null })],
      { ...well, lagMs: null },
    ],
  ])('%s', (_, rows, expected) => {
    expect(state(...rows)).toMatchObject(expected);
  });

  it('that failed tells the number of the error, and nothing of the statement', () => {
    const failed = channel({
      Slave_SQL_Running: 'No',
      Last_SQL_Errno: 1062,
      Last_SQL_Error: "Query: 'INSERT secrets'",
    });
    expect(state(failed)).toMatchObject({ applier: 'STOPPED', replicationError: 'error 1062' });
  });

  it("reads MySQL's words too", () => {
    const row = {
      Replica_SQL_Running: 'Yes',
      Replica_IO_Running: 'Connecting',
      Seconds_Behind_Source: 0,
      Last_SQL_Errno: 0,
    };
    expect(mysqlStatements.replicationOf([row])).toMatchObject({ ...well, lagMs: 0 });
  });
});

describe('a wait', () => {
  it('is never without an end', () => {
    expect(mariadbStatements.wait?.(at(5), 0.025)).toBe("SELECT MASTER_GTID_WAIT('0-1-5', 0.025) AS outcome");
  });
});

describe('the setup of a connection', () => {
  it.each([
    [10_000, 5],
    [1000, 1],
    [10, 1],
  ])('with a statement timeout of %i ms waits %i s for locks', (timeoutMs, seconds) => {
    expect(poolSettings(timeoutMs)).toContain(`innodb_lock_wait_timeout = ${seconds}, lock_wait_timeout = ${seconds} `);
  });
});
