import { describe, expect, it } from 'vitest';
import { afterGoodProbe } from '../../../../src/cluster/health.ts';
import { unseen } from '../../../../src/cluster/node-status.ts';
import { findProblems } from '../../../../src/cluster/problems/find-problems.ts';
import { makeNode, makeReport } from '../../../support/scripted-probe.ts';

const policy = { failureThreshold: 1, recoveryThreshold: 1, maxLagMs: 5000, minServingReplicas: 0 };

function sourceWith(variables: Readonly<Record<string, string>>) {
  return afterGoodProbe(unseen(makeNode('source')), makeReport('SOURCE', { settings: { variables } }), 0, policy);
}

describe('the GTID mode of the source', () => {
  const on = 'SET @@PERSIST.gtid_mode = ON';
  const permissive = `SET @@PERSIST.gtid_mode = ON_PERMISSIVE; ${on}`;
  const offPermissive = `SET @@PERSIST.gtid_mode = OFF_PERMISSIVE; ${permissive}`;
  it.each([
    ['OFF', 'GTID_MODE_OFF', offPermissive],
    ['OFF_PERMISSIVE', 'GTID_MODE_OFF', permissive],
    ['ON_PERMISSIVE', 'GTID_MODE_PERMISSIVE', on],
  ])('%s is a problem, and the steps that are left mend it', (value, code, steps) => {
    const [problem, ...others] = findProblems([sourceWith({ gtid_mode: value })]);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code, node: 'source', variable: 'gtid_mode', value });
    expect(problem?.cure?.endsWith(`enforce_gtid_consistency = ON; ${steps}`)).toBe(true);
  });

  it.each([
    ['it is ON', { gtid_mode: 'ON' }],
    ['the server has no such variable', {}],
  ])('is no problem when %s', (_, variables) => {
    expect(findProblems([sourceWith(variables)])).toEqual([]);
  });
});
