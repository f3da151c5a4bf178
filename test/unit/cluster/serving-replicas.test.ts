import { describe, expect, it } from 'vitest';
import { type NodeStatus, unseen } from '../../../src/cluster/node-status.ts';
import { servingReplicas } from '../../../src/cluster/serving-replicas.ts';
import { makeNode, makeReport } from '../../support/scripted-probe.ts';

/** `well`, `broken`, `down`, or late by so many seconds. */
function replica(name: string, how: 'well' | 'broken' | 'down' | number): NodeStatus {
  const status = { ...unseen(makeNode(name)), report: makeReport('REPLICA') };
  if (typeof how !== 'number') {
    return { ...status, state: how === 'well' ? 'HEALTHY' : how === 'down' ? 'DOWN' : 'DEGRADED' };
  }
  return { ...status, state: 'DEGRADED', isLate: true, report: makeReport('REPLICA', { lagMs: how * 1000 }) };
}
const source = (state: NodeStatus['state'] = 'HEALTHY'): NodeStatus => ({ ...unseen(makeNode('source')), state });
const names = (statuses: readonly NodeStatus[]) => statuses.map(({ node }) => node.name);

describe('the replicas that serve', () => {
  it.each([
    ['all that are well', ['well', 'well'], 1, ['a', 'b']],
    ['not the late one, while enough are well', ['well', 40], 1, ['a']],
    ['the late one as well, while too few are', ['well', 40], 2, ['a', 'b']],
    ['the least late of two', [50, 40], 1, ['b']],
    ['no late one without a floor', [50, 40], 0, []],
    ['as many as there are, when the floor is higher', [50, 40], 5, ['b', 'a']],
    ['none whose replication is broken', ['broken', 'down'], 2, []],
  ] as const)('are %s', (_, [a, b], floor, expected) => {
    expect(names(servingReplicas([source(), replica('a', a), replica('b', b)], floor))).toEqual(expected);
  });

  it('are all that answer, if none is healthy and there is no source', () => {
    const snapshot = [source('DOWN'), replica('a', 'broken'), replica('b', 'down')];
    expect(names(servingReplicas(snapshot, 1))).toEqual(['a']);
  });

  it('are others when one has failed the operation', () => {
    const snapshot = [source(), replica('a', 'well'), replica('b', 40)];
    expect(names(servingReplicas(snapshot, 1, new Set(['a'])))).toEqual(['b']);
  });
});
