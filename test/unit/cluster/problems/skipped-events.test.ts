import { describe, expect, it } from 'vitest';
import { blinds } from '../../../../src/cluster/problem.ts';
import { findProblems } from '../../../../src/cluster/problems/find-problems.ts';
import { channel, mysqlPosition, replica, source } from './seen.ts';

const named = (variables: Record<string, string>, given = {}) =>
  findProblems([source(), replica({ variables, channels: [channel()], ...given })]).map(
    ({ code, node, variable, value }) => `${code} ${node} ${variable}=${value}`,
  );

describe('a replica that counts what it has skipped', () => {
  it.each([
    ['slave_skip_errors', 'ALL'],
    ['slave_skip_errors', '1032,1062'],
    ['replica_skip_errors', '1062'],
    ['slave_exec_mode', 'IDEMPOTENT'],
    ['replica_exec_mode', 'IDEMPOTENT'],
    ['replicate_events_marked_for_skip', 'FILTER_ON_SLAVE'],
    ['replicate_events_marked_for_skip', 'FILTER_ON_MASTER'],
  ])('by %s=%s is named, and no position of it is believed', (variable, value) => {
    expect(named({ [variable]: value })).toEqual([`EVENTS_SKIPPED replica-1 ${variable}=${value}`]);
    const [problem] = findProblems([source(), replica({ variables: { [variable]: value } })]);
    expect(problem && blinds(problem)).toBe(true);
    expect(problem?.cure).toContain(variable);
    expect(problem?.cure).toContain('rejoin replica-1 --discard');
  });

  it.each([
    { slave_skip_errors: 'OFF', slave_exec_mode: 'STRICT', replicate_events_marked_for_skip: 'REPLICATE' },
    { slave_skip_errors: '' },
    { replica_skip_errors: 'OFF', replica_exec_mode: 'STRICT' },
  ])('is none with %j', (variables) => {
    expect(named(variables)).toEqual([]);
  });

  it('is named once where the server knows a setting by two names', () => {
    expect(named({ slave_exec_mode: 'IDEMPOTENT', replica_exec_mode: 'IDEMPOTENT' })).toEqual([
      'EVENTS_SKIPPED replica-1 replica_exec_mode=IDEMPOTENT',
    ]);
  });

  it('has an applier: a server that is not a replica skips nothing, a member of a group may', () => {
    const variables = { replica_skip_errors: 'all' };
    expect(named(variables, { channels: [] })).toEqual([]);
    const report = { group: 'g', member: 'ONLINE' as const, position: mysqlPosition };
    expect(named(variables, { channels: [], report })).toEqual(['EVENTS_SKIPPED replica-1 replica_skip_errors=all']);
  });

  it('is no source: its settings count once it is a replica', () => {
    expect(findProblems([source({ variables: { slave_exec_mode: 'IDEMPOTENT' } }), replica()])).toEqual([]);
  });
});
