import { describe, expect, it } from 'vitest';
import { mysqlControl } from '../../../src/servers/mysql/control.ts';
import { mysqlStatements } from '../../../src/servers/mysql/statements.ts';

const member = (given: Record<string, unknown> = {}) => ({
  state: 'ONLINE',
  role: 'SECONDARY',
  members: 3n,
  reachable: 3n,
  applying: 'ON',
  queued: 0n,
  lagSeconds: null,
  ...given,
});
const alone = { applier: 'NONE', receiving: false, replicationError: null, lagMs: null };
const follows = { applier: 'RUNNING', receiving: true, replicationError: null, lagMs: 0, member: 'ONLINE' };

describe('a member of a replication group', () => {
  it.each([
    ['that is in no group', [], alone],
    ['that is the primary', [member({ role: 'PRIMARY' })], { ...alone, member: 'ONLINE' }],
    ['that follows', [member()], follows],
    ['that applies an old transaction', [member({ queued: 4n, lagSeconds: 7n })], { ...follows, lagMs: 7000 }],
    ['that has some to apply and says not how old', [member({ queued: 4n })], { ...follows, lagMs: null }],
    ['whose applier is off', [member({ applying: 'OFF' })], { ...follows, applier: 'STOPPED' }],
    ['that catches up', [member({ state: 'RECOVERING' })], { ...follows, member: 'RECOVERING' }],
    ['that never joined', [member({ state: null, role: null })], { member: 'OFFLINE' }],
    ['that was put out', [member({ state: 'ERROR', role: '' })], { member: 'ERROR', receiving: false }],
    ['that reaches one of two', [member({ role: 'PRIMARY', members: 2n, reachable: 1n })], { member: 'NO_MAJORITY' }],
    ['that reaches two of three', [member({ role: 'PRIMARY', reachable: 2n })], { member: 'ONLINE' }],
    ['that reaches two of four', [member({ members: 4n, reachable: 2n })], { member: 'NO_MAJORITY' }],
  ])('%s', (_, membership, expected) => {
    expect(mysqlStatements.replicationOf([], membership)).toMatchObject(expected);
  });

  it('is not a replica because of the channels of its group', () => {
    const recovery = {
      Channel_Name: 'group_replication_recovery',
      Replica_IO_Running: 'No',
      Replica_SQL_Running: 'No',
    };
    const state = mysqlStatements.replicationOf([recovery], [member({ role: 'PRIMARY' })]);
    expect(state).toMatchObject({ ...alone, member: 'ONLINE', channels: [] });
  });

  it.each([
    [null, false],
    ['', false],
    ['b071efe0-a246-47f9-ac3f-53fc04c5bd0c', true],
  ])('named %j is one, when a promotion is planned: %j', (groupName, inGroup) => {
    expect(mysqlControl.facts({ groupName, executed: '' }, []).inGroup).toBe(inGroup);
  });

  it('that is a primary and replicates from another cluster says so', () => {
    const channel = { Channel_Name: 'upstream', Replica_IO_Running: 'Yes', Replica_SQL_Running: 'Yes' };
    const state = mysqlStatements.replicationOf([channel], [member({ role: 'PRIMARY' })]);
    expect(state).toMatchObject({ applier: 'RUNNING', member: 'ONLINE' });
  });
});
