/** What an administrator's look at a server is read as, from rows as the servers print them. */
import { describe, expect, it } from 'vitest';
import { mariadbControl } from '../../../src/servers/mariadb/control.ts';
import { mysqlControl } from '../../../src/servers/mysql/control.ts';
import type { Row } from '../../../src/servers/rows.ts';

const uuid = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const other = '4e11fa47-71ca-11e1-9e33-c80aa9429562';

const mariadbProbe: Row = {
  identity: '2@db:3306',
  id: 2,
  version: '10.11.14-MariaDB',
  refusedBy: 'read_only',
  applied: '0-1-100',
  logged: '0-1-90',
  logBin: 1,
  logsUpdates: '1',
};
const mariadbRow: Row = {
  Connection_name: '',
  Master_Host: 'source',
  Master_Port: 3306,
  Master_Server_Id: 1,
  Slave_IO_Running: 'Yes',
  Slave_SQL_Running: 'Yes',
  Using_Gtid: 'Slave_Pos',
  Gtid_IO_Pos: '0-1-110',
  SQL_Delay: 0,
  Seconds_Behind_Master: 0,
  Last_SQL_Errno: 0,
  Last_IO_Errno: 0,
};

const mysqlProbe: Row = {
  identity: uuid,
  id: uuid.toUpperCase(),
  version: '8.0.43',
  refusedBy: 'read_only,super_read_only',
  executed: `${uuid}:1-100`,
  gtidMode: 'ON',
  logBin: 1,
  logsUpdates: 1,
  groupName: null,
};
const mysqlRow: Row = {
  Channel_Name: '',
  Source_Host: 'source',
  Source_Port: 3306,
  Source_UUID: uuid,
  Replica_IO_Running: 'Yes',
  Replica_SQL_Running: 'Yes',
  Auto_Position: 1,
  Retrieved_Gtid_Set: `${uuid}:101-110`,
  SQL_Delay: 0,
  Seconds_Behind_Source: 0,
  Last_SQL_Errno: 0,
  Last_IO_Errno: 0,
};

const mariadb = (probe: Row = {}, ...rows: readonly Row[]) =>
  mariadbControl.facts(
    { ...mariadbProbe, ...probe },
    rows.map((row) => ({ ...mariadbRow, ...row })),
  );
const mysql = (probe: Row = {}, ...rows: readonly Row[]) =>
  mysqlControl.facts(
    { ...mysqlProbe, ...probe },
    rows.map((row) => ({ ...mysqlRow, ...row })),
  );

describe('what a MariaDB server has', () => {
  it.each<[string, Row, string]>([
    ['applied and logged', {}, '0-1-100'],
    ['only logged, as a former source', { applied: '' }, '0-1-90'],
    ['logged in a domain of its own', { logged: '7-2-5' }, '0-1-100,7-2-5'],
    ['nothing', { applied: '', logged: '' }, ''],
  ])('is what it has %s', (_, probe, position) => {
    expect(mariadb(probe).position.format()).toBe(position);
  });

  it.each<[string, readonly Row[], string | null]>([
    ['is what it has, on a server that is not a replica', [], '0-1-100'],
    ['includes what lies in its relay log', [{}], '0-1-110'],
    ['is no less than what it has', [{ Gtid_IO_Pos: '0-1-40' }], '0-1-100'],
    ['is of all channels', [{}, { Connection_name: 'b', Gtid_IO_Pos: '5-9-3' }], '0-1-110,5-9-3'],
    ['is known by either kind of GTID', [{ Using_Gtid: 'Current_Pos' }], '0-1-110'],
    ['is unknown to a replica by file and offset', [{ Using_Gtid: 'No' }], null],
    ['is unknown when one channel of two goes by file', [{}, { Connection_name: 'b', Using_Gtid: 'No' }], null],
  ])('and has received %s', (_, rows, received) => {
    expect(mariadb({}, ...rows).received?.format() ?? null).toBe(received);
  });

  it.each<[string, Row, readonly string[]]>([
    ['fit', {}, []],
    ['fit, in words', { logBin: 'ON', logsUpdates: 'ON' }, []],
    ['unfit without a binary log', { logBin: 0 }, ['log_bin']],
    ['unfit without what it replicates in it', { logsUpdates: 'OFF' }, ['log_slave_updates']],
    ['unfit twice', { logBin: 'OFF', logsUpdates: 0 }, ['log_bin', 'log_slave_updates']],
  ])('is %s', (_, probe, variables) => {
    const { unfit } = mariadb(probe);
    expect(unfit.map((text) => text.match(/\((.+)\)/)?.[1])).toEqual(variables);
  });
});

describe('what a MySQL server has', () => {
  it.each<[string, readonly Row[], string | null]>([
    ['is what it has executed, on a server that is not a replica', [], `${uuid}:1-100`],
    ['includes what lies in its relay log', [{}], `${uuid}:1-110`],
    [
      'is of all channels',
      [{}, { Channel_Name: 'b', Retrieved_Gtid_Set: `${other}:1-3` }],
      `${uuid}:1-110,${other}:1-3`,
    ],
    ['is what it has executed before it received anything', [{ Retrieved_Gtid_Set: '' }], `${uuid}:1-100`],
    ['is unknown to a replica by file and offset', [{ Auto_Position: 0 }], null],
    ['is unknown when one channel of two goes by file', [{}, { Channel_Name: 'b', Auto_Position: '0' }], null],
  ])('and has received %s', (_, rows, received) => {
    expect(mysql({}, ...rows).received?.line() ?? null).toBe(received);
  });

  it.each<[string, Row, readonly string[]]>([
    ['fit', {}, []],
    ['unfit without numbers', { gtidMode: 'OFF' }, ['gtid_mode']],
    ['unfit while numbers are being switched on', { gtidMode: 'ON_PERMISSIVE' }, ['gtid_mode']],
    ['unfit while numbers are being switched off', { gtidMode: 'OFF_PERMISSIVE' }, ['gtid_mode']],
    ['unfit without a binary log', { logBin: 0 }, ['log_bin']],
    ['unfit without what it replicates in it', { logsUpdates: 0 }, ['log_replica_updates']],
    [
      'unfit in everything',
      { gtidMode: 'OFF', logBin: 0, logsUpdates: 0 },
      ['gtid_mode', 'log_bin', 'log_replica_updates'],
    ],
  ])('is %s', (_, probe, variables) => {
    const { unfit } = mysql(probe);
    expect(unfit.map((text) => text.match(/\((.+)\)/)?.[1])).toEqual(variables);
  });

  it.each<[string, unknown, boolean]>([
    ['is of a group that it names', 'aaaaaaaa-71ca-11e1-9e33-c80aa9429562', true],
    ['is of none with an empty name', '', false],
    ['is of none where there is no such variable', null, false],
  ])('%s', (_, groupName, inGroup) => {
    expect(mysql({ groupName }).inGroup).toBe(inGroup);
  });

  it.each([
    ['8.0.43', 'RESET MASTER'],
    ['8.1.0', 'RESET MASTER'],
    ['8.2.0', 'RESET BINARY LOGS AND GTIDS'],
    ['8.4.6', 'RESET BINARY LOGS AND GTIDS'],
    ['9.0.1', 'RESET BINARY LOGS AND GTIDS'],
  ])('is thrown away by %s with %s, and counted as received', (version, reset) => {
    expect(mysqlControl.holdOnly(`${uuid}:1-5`, version)).toEqual([reset, `SET GLOBAL gtid_purged = '${uuid}:1-5'`]);
  });
});

describe.each([
  ['mariadb', mariadb, { identity: '2@db:3306', id: '2', flavour: 'mariadb', version: '10.11.14-MariaDB' }],
  ['mysql', mysql, { identity: uuid, id: uuid, flavour: 'mysql', version: '8.0.43' }],
] as const)('a server of %s', (_, facts, names) => {
  it('is known by its names', () => {
    expect(facts()).toMatchObject(names);
  });

  it.each([
    ['read_only', true],
    ['innodb_read_only', true],
    ['', false],
  ])('that refuses writes by "%s" is read-only: %s', (refusedBy, readOnly) => {
    expect(facts({ refusedBy }).readOnly).toBe(readOnly);
  });

  it('that is not a replica follows no server, receives nothing and applies nothing', () => {
    expect(facts()).toMatchObject({ follows: null, receiver: 'NONE', applier: 'NONE', channels: [], delayMs: 0 });
  });

  it('that replicates tells whom', () => {
    expect(facts({}, {})).toMatchObject({
      follows: { host: 'source', port: 3306 },
      receiver: 'CONNECTED',
      applier: 'RUNNING',
      replicationError: null,
    });
  });

  it('that stopped over an error tells its number, and how late it is on purpose', () => {
    const [sqlThread] = ['Slave_SQL_Running', 'Replica_SQL_Running'].filter((name) =>
      Object.hasOwn(names.flavour === 'mariadb' ? mariadbRow : mysqlRow, name),
    );
    expect(facts({}, { [String(sqlThread)]: 'No', Last_SQL_Errno: 1062, SQL_Delay: 30 })).toMatchObject({
      applier: 'STOPPED',
      replicationError: 'error 1062',
      delayMs: 30_000,
    });
  });
});
