import { describe, expect, it } from 'vitest';
import { type NodeStatus, unseen } from '../../../src/cluster/node-status.ts';
import { unvouchedMs } from '../../../src/cluster/vouched-for.ts';
import { at, makeNode, makeReport } from '../../support/scripted-probe.ts';

const source: NodeStatus = {
  ...unseen(makeNode('source')),
  state: 'HEALTHY',
  report: makeReport('SOURCE'),
  position: at(5),
  asOfMs: 100,
  reportedMs: 101,
  successes: 1,
  tookWrites: true,
};

describe('how long the history that replicas show has been unconfirmed', () => {
  it.each<[what: string, source: NodeStatus, ageMs: number]>([
    ['the source is there', source, 0],
    ['a connection to it was lost', { ...source, position: null, doubt: { sinceMs: 400, trouble: '' } }, 400],
    ['it is down', { ...source, state: 'DOWN', failures: 2, position: null }, 400],
    ['it was never seen', unseen(makeNode('source')), 0],
  ])('%s', (_what, status, ageMs) => {
    expect(unvouchedMs([status], 500)).toBe(ageMs);
    // The monotonic clock counts fractions, a token does not.
    expect(Number.isInteger(unvouchedMs([status], 500.3))).toBe(true);
  });

  it('counts from nothing again once another server takes the writes', () => {
    const lost: NodeStatus = { ...source, state: 'DOWN', failures: 2, position: null, tookWrites: false };
    const promoted = { ...source, node: makeNode('replica-1'), role: 'SOURCE' as const };
    expect(unvouchedMs([lost, promoted], 500)).toBe(0);
  });
});
