import { describe, expect, it } from 'vitest';
import { afterFailedProbe } from '../../../../src/cluster/health.ts';
import type { NodeStatus } from '../../../../src/cluster/node-status.ts';
import { blinds } from '../../../../src/cluster/problem.ts';
import { findProblems } from '../../../../src/cluster/problems/find-problems.ts';
import { parsePosition } from '../../../support/positions.ts';
import { channel, mysqlPosition, replica, source } from './seen.ts';

const mariadb = (text: string) => parsePosition('mariadb', text);
const mysql = { report: { position: mysqlPosition } };
const down = (status: NodeStatus) =>
  afterFailedProbe(status, 'refused', {
    failureThreshold: 1,
    recoveryThreshold: 1,
    maxLagMs: 1,
    minServingReplicas: 0,
  });
const found = (...snapshot: NodeStatus[]) => findProblems(snapshot);
const named = (...snapshot: NodeStatus[]) =>
  found(...snapshot).map(({ code, node, variable, value }) => `${code} ${node} ${variable}=${value}`);

describe('what is set up well', () => {
  it.each([
    ['with all that is asked for', [source(), replica()]],
    ['on MySQL with numbers', [source({ ...mysql, variables: { gtid_mode: 'ON' } }), replica(mysql)]],
    ['without a word about how', [source({ variables: {} }), replica({ channels: [] })]],
    ['on MariaDB without strict numbers', [source({ variables: { gtid_strict_mode: 'OFF' } }), replica()]],
  ])('is no problem: %s', (_, snapshot) => {
    expect(found(...snapshot)).toEqual([]);
  });
});

describe('the GTID mode', () => {
  const on = 'SET @@PERSIST.gtid_mode = ON';
  const permissive = `SET @@PERSIST.gtid_mode = ON_PERMISSIVE; ${on}`;
  const offPermissive = `SET @@PERSIST.gtid_mode = OFF_PERMISSIVE; ${permissive}`;
  it.each([
    ['OFF', 'OFF', 'GTID_MODE_OFF', `SET @@PERSIST.enforce_gtid_consistency = ON; ${offPermissive}`],
    ['OFF', 'ON', 'GTID_MODE_OFF', offPermissive],
    ['OFF_PERMISSIVE', 'ON', 'GTID_MODE_OFF', permissive],
    ['ON_PERMISSIVE', 'ON', 'GTID_MODE_PERMISSIVE', on],
  ])(
    '%s of the source, consistency enforced %s, is mended by the steps that are left',
    (mode, enforced, code, steps) => {
      const [problem, ...others] = found(
        source({ variables: { gtid_mode: mode, enforce_gtid_consistency: enforced } }),
        replica(),
      );
      expect(others).toEqual([]);
      expect(problem).toMatchObject({ code, node: 'source', variable: 'gtid_mode', value: mode });
      expect(problem?.cure).toBe(`on every server, one step at a time: ${steps}`);
    },
  );

  it.each([
    ['OFF', ['GTID_MODE_OFF replica-1 gtid_mode=OFF'], true],
    ['OFF_PERMISSIVE', ['GTID_MODE_PERMISSIVE replica-1 gtid_mode=OFF_PERMISSIVE'], false],
    ['ON_PERMISSIVE', ['GTID_MODE_PERMISSIVE replica-1 gtid_mode=ON_PERMISSIVE'], false],
    ['ON', [], false],
  ])('%s of a replica', (mode, expected, blind) => {
    const snapshot = [source({ variables: { gtid_mode: 'ON' } }), replica({ variables: { gtid_mode: mode } })];
    expect(named(...snapshot)).toEqual(expected);
    expect(found(...snapshot).some(blinds)).toBe(blind);
  });

  it('is believed of a source that is away', () => {
    const away = { ...down(source({ variables: { gtid_mode: 'OFF' } })), tookWrites: true };
    expect(named(away, replica())).toEqual(['GTID_MODE_OFF source gtid_mode=OFF']);
  });

  it('counts from the first numbered transaction on', () => {
    const before = source({ ...mysql, variables: { gtid_mode: 'ON' } });
    const begun = { ...before, unnumberedUntil: mysqlPosition };
    expect(named(begun)).toEqual(['GTIDS_JUST_BEGUN source gtid_mode=ON']);
    const position = parsePosition('mysql', '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-8');
    const after = source({ variables: { gtid_mode: 'ON' }, report: { position } });
    expect(named({ ...after, unnumberedUntil: mysqlPosition })).toEqual([]);
  });
});

describe('the log of the source', () => {
  it.each([
    [{ log_bin: '0' }, 'BINARY_LOG_OFF source log_bin=OFF'],
    [{ log_bin: 'OFF', sql_log_bin: '0' }, 'BINARY_LOG_OFF source log_bin=OFF'],
    [{ sql_log_bin: '0' }, 'SESSIONS_NOT_LOGGED source sql_log_bin=OFF'],
    [{ binlog_do_db: 'shop' }, 'BINARY_LOG_FILTERED source binlog_do_db=shop'],
    [{ binlog_do_db: 'shop,orders' }, undefined],
    [{ binlog_ignore_db: 'shop, Orders' }, 'BINARY_LOG_FILTERED source binlog_ignore_db=shop, Orders'],
    [{ binlog_ignore_db: 'shop,orders2' }, undefined],
    [{ binlog_storage_engine: 'innodb' }, 'BINARY_LOG_IN_INNODB source binlog_storage_engine=innodb'],
    [{ binlog_storage_engine: '' }, undefined],
  ])('with %j is %s', (variables, expected) => {
    expect(named(source({ variables }), replica())).toEqual(expected === undefined ? [] : [expected]);
  });

  it('that may not be read is reported, and degrades nothing', () => {
    const status = source();
    const { binlog_do_db: _, ...rest } = status.report?.settings?.variables ?? {};
    const settings = { schema: 'orders', variables: rest, channels: [] };
    const untold = { ...status, report: status.report && { ...status.report, settings } };
    expect(found(untold)).toMatchObject(
      [{ code: 'SETTINGS_UNKNOWN', value: null, cure: /GRANT BINLOG MONITOR/ }].map((problem) => ({
        ...problem,
        cure: expect.stringMatching(problem.cure),
      })),
    );
    expect(found(untold).some(blinds)).toBe(false);
  });

  it('of a replica is ignored', () => {
    expect(found(source(), replica({ variables: { log_bin: '0', sql_log_bin: '0' } }))).toEqual([]);
  });
});

describe('numbers out of sequence', () => {
  const state = (...servers: string[]) => Object.fromEntries(servers.map((text, index) => [index, mariadb(text)]));
  it.each([
    ['in order', '0-1-7', state('0-1-7'), false],
    ['in order after a promotion', '0-2-150', state('0-1-100', '0-2-150'), false],
    ['in two domains', '0-1-7,1-2-90', state('0-1-7', '1-2-90'), false],
    ['the last one below another of its domain', '0-77-2000', state('0-1-5001', '0-77-2000'), true],
    ['so in one domain of two', '0-2-4,1-1-9', state('0-1-7,1-1-9', '0-2-4'), true],
  ])('%s', (_, position, logged, isFound) => {
    const variables = { gtid_strict_mode: 'OFF' };
    const snapshot = [source({ variables, report: { position: mariadb(position), logged } }), replica()];
    expect(named(...snapshot)).toEqual(isFound ? ['GTIDS_OUT_OF_SEQUENCE source gtid_strict_mode=OFF'] : []);
  });
});

describe('a replica that follows by file and place', () => {
  it('is told what ends it on MariaDB, by its connection', () => {
    const follows = { byNumber: false, variable: 'Using_Gtid', value: 'No' };
    const snapshot = [source(), replica({ channels: [channel({ name: 'west', follows })] })];
    expect(named(...snapshot)).toEqual(['FOLLOWS_BY_FILE replica-1 Using_Gtid=No']);
    const cure = "STOP SLAVE 'west'; CHANGE MASTER 'west' TO MASTER_USE_GTID = slave_pos; START SLAVE 'west'";
    expect(found(...snapshot)[0]?.cure).toBe(cure);
  });

  it('and on MySQL, by its channel', () => {
    const follows = { byNumber: false, variable: 'Auto_Position', value: '0' };
    const [problem] = found(source(), replica({ ...mysql, channels: [channel({ follows })] }));
    expect(problem?.cure).toBe('STOP REPLICA; CHANGE REPLICATION SOURCE TO SOURCE_AUTO_POSITION = 1; START REPLICA');
  });

  it('says nothing while it is away', () => {
    const follows = { byNumber: false, variable: 'Using_Gtid', value: 'No' };
    expect(found(source(), down(replica({ channels: [channel({ follows })] })))).toEqual([]);
  });
});

describe('a chain', () => {
  const last = replica({ channels: [channel({ sourceId: '2' })] }, 'replica-2', '3');
  it.each([
    [{ log_slave_updates: 'OFF' }, ['UPDATES_NOT_LOGGED replica-2 log_slave_updates=OFF']],
    [{ log_replica_updates: 'OFF' }, ['UPDATES_NOT_LOGGED replica-2 log_replica_updates=OFF']],
    [{ log_bin: '0' }, ['UPDATES_NOT_LOGGED replica-2 log_bin=OFF']],
    [{ log_slave_updates: 'ON' }, []],
  ])('whose middle has %j', (variables, expected) => {
    expect(named(source(), replica({ variables }), last)).toEqual(expected);
  });

  it('does not matter to those who follow the source itself', () => {
    expect(found(source(), replica({ variables: { log_slave_updates: 'OFF' } }))).toEqual([]);
  });
});

describe('a group whose commits wait for all', () => {
  const member = 'ONLINE' as const;
  const late = (lagMs: number) => replica({ report: { position: mysqlPosition, member, lagMs } });
  const waits = (value: string) =>
    source({ report: { position: mysqlPosition, member }, variables: { group_replication_consistency: value } });
  it.each([
    ['AFTER', 3000, ['GROUP_HELD_UP replica-1 group_replication_consistency=AFTER']],
    ['BEFORE_AND_AFTER', 60_000, ['GROUP_HELD_UP replica-1 group_replication_consistency=BEFORE_AND_AFTER']],
    ['AFTER', 2000, []],
    ['EVENTUAL', 60_000, []],
    ['BEFORE', 60_000, []],
  ])('set to %s, with a member %d ms behind', (value, lagMs, expected) => {
    expect(named(waits(value), late(lagMs)).filter((one) => one.startsWith('GROUP'))).toEqual(expected);
  });

  it.each<[string, string[], string[]]>([
    ['one that applies nothing, and one that begins nothing', ['replica-1'], ['replica-1']],
    ['two that begin nothing', [], ['replica-1', 'replica-2']],
  ])('with %s, names %j', (_, readable, expected) => {
    const silent = { kind: 'TABLE_SILENT', table: 'cluster_epochs', code: null, cure: null } as const;
    const orders = { ...silent, table: 'orders' };
    const members = ['replica-1', 'replica-2'].map((name, index) => {
      const epochs = readable.includes(name) ? {} : { epochsUnread: silent };
      const report = { position: mysqlPosition, member, lagMs: 60_000, unable: [orders], ...epochs };
      return replica({ report }, name, String(index + 2));
    });
    const problems = found(waits('AFTER'), ...members);
    const held = problems.filter(({ code }) => code === 'GROUP_HELD_UP').map(({ node }) => node);
    expect(held).toEqual(expected);
    const waiting = problems.filter(({ message }) =>
      message.includes('it waits for replica-1, which holds up its group'),
    );
    expect(waiting.map(({ code, node, cure }) => [code, node, cure])).toEqual(
      readable.length === 0 ? [] : [['TABLE_SILENT', 'replica-2', null]],
    );
    expect(problems.map(({ code }) => code)).not.toContain('EPOCHS_UNREAD');
  });

  it('says nothing of a member that is away, nor outside of a group', () => {
    expect(found(waits('AFTER'), down(late(60_000)))).toEqual([]);
    const alone = source({ ...mysql, variables: { group_replication_consistency: 'AFTER' } });
    expect(found(alone, replica({ report: { position: mysqlPosition, lagMs: 60_000 } }))).toEqual([]);
  });
});

describe('a record of promotions', () => {
  const record = [{ epoch: 1, sourceId: '', endOfPrevious: null }];
  const unread = (kind: 'TABLE_BROKEN' | 'TABLE_SILENT' | 'RIGHT_MISSING', cure: string | null = null) => ({
    report: { epochs: null, epochsUnread: { kind, table: 'cluster_epochs', code: 'ER_X', cure } },
  });
  const kept = { report: { epochs: record } };
  const none = { report: { epochs: null } };
  it.each<[string, Parameters<typeof found>, (readonly [string | null, RegExp])[]]>([
    ['that all keep and tell', [source(kept), replica(kept)], []],
    ['that nobody keeps', [source(none), replica(none)], []],
    ['that only the source keeps', [source(kept), replica(none)], [['replica-1', /rejoin replica-1/]]],
    ['that only a replica keeps', [source(none), replica(kept)], [['source', /restore cluster_epochs/]]],
    ['that is broken on a replica', [source(kept), replica(unread('TABLE_BROKEN'))], [['replica-1', /repair/]]],
    ['that is broken on the source', [source(unread('TABLE_BROKEN')), replica(kept)], [['source', /CHECK TABLE/]]],
    ['that is locked', [source(kept), replica(unread('TABLE_SILENT'))], [['replica-1', /SHOW PROCESSLIST/]]],
    ['that may not be read', [source(kept), replica(unread('RIGHT_MISSING', 'GRANT X'))], [['replica-1', /^GRANT X$/]]],
    ['of a server that is away', [source(kept), down(replica(unread('TABLE_BROKEN')))], []],
  ])('%s', (_, snapshot, expected) => {
    const problems = found(...snapshot).filter(({ code }) => code === 'EPOCHS_UNREAD');
    expect(problems.map(({ node }) => node)).toEqual(expected.map(([node]) => node));
    for (const [index, [, cure]] of expected.entries()) expect(problems[index]?.cure).toMatch(cure);
  });
});
