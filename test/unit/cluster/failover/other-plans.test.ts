import { describe, expect, it } from 'vitest';
import { findLeader } from '../../../../src/cluster/failover/leader.ts';
import type { Member } from '../../../../src/cluster/failover/member.ts';
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

  it.each<[what: string, target: string, readonly Member[], reasons: readonly string[]]>([
    [
      'to a server that is not there',
      'replica-9',
      members,
      ['there is no server replica-9; the servers are source, replica-1, replica-2'],
    ],
    [
      'to one that is unreachable',
      'replica-1',
      [member('source'), member('replica-1', { down: true })],
      ['replica-1 is unreachable (refused the connection)'],
    ],
    [
      'to one that does not receive',
      'replica-1',
      [member('source'), member('replica-1', { receiver: 'STOPPED' })],
      ['replica-1 does not receive from source'],
    ],
    [
      'to one that does not apply',
      'replica-1',
      [member('source'), member('replica-1', { ...connected, applier: 'STOPPED' })],
      ['replica-1 does not apply (it is stopped)'],
    ],
    [
      'to one that has stopped at an error',
      'replica-1',
      [member('source'), member('replica-1', { ...connected, applier: 'STOPPED', replicationError: 'error 1062' })],
      ['replica-1 does not apply (error 1062)'],
    ],
    [
      'to one that applies late',
      'replica-1',
      [member('source'), member('replica-1', { ...connected, delayMs: 90_000 })],
      ['replica-1 has a configured delay of 90 s'],
    ],
    [
      'to one without a record',
      'replica-1',
      [member('source'), member('replica-1', { ...connected, epochs: null })],
      ['replica-1 keeps no record of promotions: run the migrations first'],
    ],
    [
      'from a source that is not told to step down',
      'replica-1',
      [
        member('source', { abilities: { stepsDown: false, copies: true, copyTools: 'a dump' } }),
        member('replica-1', connected),
      ],
      ['source cannot be told over a connection to step down: stop it on its host, then say promote replica-1'],
    ],
    [
      'from a source that is gone',
      'replica-1',
      [member('source', { down: true }), member('replica-1')],
      ['source is unreachable: use promote replica-1'],
    ],
    [
      'from an unknown one',
      'replica-1',
      [{ ...member('source', { down: true }), configuredSource: false }, member('replica-1', { follows: null })],
      ['it is unknown which server is the source: use promote replica-1'],
    ],
  ])('is refused %s', (_, target, all, reasons) => {
    expect(planSwitchover(all, target)).toEqual({ verdict: 'refused', reasons });
  });

  it('tells what it costs, and of whom it leaves out', () => {
    const all = [member('source'), member('replica-1', connected), member('replica-2', { down: true })];
    const decision = planSwitchover(all, 'replica-1');
    expect(decision.verdict === 'go' && decision.notes).toEqual([
      'writes are refused from the first step to the last',
      'replica-2 is unreachable (refused the connection): run rejoin replica-2 when it is back',
    ]);
    expect(words(decision)).not.toContain('"node":"replica-2"');
  });

  it('begins the record if no server has one yet', () => {
    const all = [member('source', { epochs: [] }), member('replica-1', { ...connected, epochs: [] })];
    expect(planSwitchover(all, 'replica-1')).toMatchObject({
      steps: expect.arrayContaining([{ kind: 'record-epoch', node: 'replica-1', epoch: 1 }]),
    });
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
