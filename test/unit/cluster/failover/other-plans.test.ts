import { describe, expect, it } from 'vitest';
import { findLeader } from '../../../../src/cluster/failover/leader.ts';
import { planAddition } from '../../../../src/cluster/failover/plan-addition.ts';
import { planRejoin } from '../../../../src/cluster/failover/plan-rejoin.ts';
import { planSwitchover } from '../../../../src/cluster/failover/plan-switchover.ts';
import { member, secondEpoch } from './described-members.ts';

const connected = { receiver: 'CONNECTED' } as const;
const words = (decision: unknown) => JSON.stringify(decision);

describe('a switchover', () => {
  const members = [member('source'), member('replica-1', connected), member('replica-2', connected)];

  it('stops the writes, hands everything over, and lets the new source write last', () => {
    expect(planSwitchover(members, 'replica-1')).toMatchObject({
      verdict: 'go',
      steps: [
        { kind: 'refuse-writes', node: 'source' },
        { kind: 'catch-up', node: 'replica-1', source: 'source' },
        { kind: 'stop-replicating', node: 'replica-1', forget: true },
        { kind: 'follow', node: 'source', source: 'replica-1' },
        { kind: 'follow', node: 'replica-2', source: 'replica-1' },
        { kind: 'record-epoch', node: 'replica-1', epoch: 2 },
        { kind: 'accept-writes', node: 'replica-1' },
      ],
    });
  });

  it.each([
    ['to a server that is not there', 'replica-9', members],
    ['to one that does not receive', 'replica-1', [member('source'), member('replica-1', { receiver: 'STOPPED' })]],
    [
      'to one that does not apply',
      'replica-1',
      [member('source'), member('replica-1', { ...connected, applier: 'STOPPED' })],
    ],
    ['from a source that is gone', 'replica-1', [member('source', { down: true }), member('replica-1')]],
  ] as const)('is refused %s', (_, target, all) => {
    expect(planSwitchover(all, target)).toMatchObject({ verdict: 'refused' });
  });

  it('to the source itself is nothing', () => {
    expect(planSwitchover(members, 'source')).toMatchObject({ verdict: 'nothing' });
  });
});

describe('a source that was deposed', () => {
  const epochs = secondEpoch('replica-1', '0-1-100');
  const leader = member('replica-1', { epochs, follows: null, readOnly: false, position: '0-2-105' });

  it('is not taken for the source although it accepts writes', () => {
    expect(findLeader([member('source'), leader])?.name).toBe('replica-1');
    expect(
      findLeader([member('source'), member('replica-1', { down: true }), member('replica-2', { epochs })])?.name,
    ).toBe('replica-1');
  });

  it('rejoins when all that it has survived', () => {
    expect(planRejoin([member('source', { position: '0-1-100' }), leader], 'source')).toMatchObject({
      steps: [
        { kind: 'refuse-writes', node: 'source' },
        { kind: 'follow', node: 'source', source: 'replica-1' },
      ],
    });
  });

  it('is refused, and its errant transactions are named, although the new source has reached their numbers', () => {
    const decision = planRejoin([member('source', { position: '0-1-103' }), leader], 'source');
    expect(decision).toMatchObject({ verdict: 'refused' });
    expect(words(decision)).toContain('0-1-103 back to number 101');
  });

  it('is refused when a promotion since was not recorded', () => {
    const [first, second] = epochs;
    const forgetful = {
      ...leader,
      facts: leader.facts && { ...leader.facts, epochs: [first, { ...second, epoch: 3 }] },
    };
    expect(planRejoin([member('source'), forgetful as typeof leader], 'source')).toMatchObject({ verdict: 'refused' });
  });

  it('has nothing to do once it follows', () => {
    const following = member('source', { ...connected, follows: 'replica-1', readOnly: true });
    expect(planRejoin([following, leader], 'source')).toMatchObject({ verdict: 'nothing' });
  });
});

describe('a server that joins', () => {
  const source = member('source');
  const extra = { sourceHasAll: true, appMayConnect: true };
  const fresh = { follows: null, position: '', identity: 'new@db' };

  it('follows the source', () => {
    expect(planAddition([source], member('replica-1', fresh), extra)).toMatchObject({
      steps: [{ kind: 'follow', node: 'replica-1', source: 'source' }],
    });
  });

  it.each([
    ['is out of reach', { down: true }, extra],
    ['is empty while the source has purged its beginning', fresh, { ...extra, sourceHasAll: false }],
    ['has transactions of its own', { ...fresh, position: '0-7-900' }, extra],
    ['is older than the source', { ...fresh, version: '10.6.1-MariaDB' }, extra],
    ['has the identity of a member', { ...fresh, identity: 'source@db' }, extra],
    ['logs nothing', { ...fresh, unfit: ['it writes no binary log (log_bin)'] }, extra],
  ])('is refused when it %s', (_, given, facts) => {
    expect(planAddition([source], member('replica-1', given), facts)).toMatchObject({ verdict: 'refused' });
  });
});
