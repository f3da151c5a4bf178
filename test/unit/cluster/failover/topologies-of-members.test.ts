import { describe, expect, it } from 'vitest';
import { findLeader } from '../../../../src/cluster/failover/leader.ts';
import type { Member } from '../../../../src/cluster/failover/member.ts';
import { planPromotion } from '../../../../src/cluster/failover/plan-promotion.ts';
import { planSwitchover } from '../../../../src/cluster/failover/plan-switchover.ts';
import { member, secondEpoch } from './described-members.ts';

const connected = { receiver: 'CONNECTED' } as const;
const stopped = { receiver: 'STOPPED', applier: 'STOPPED' } as const;
const complete = { target: null, force: false, onlyIfSourceDown: false };

const pair = [member('source', { ...connected, follows: 'replica-1' }), member('replica-1', connected)];
const chain = [
  member('source'),
  member('replica-1', connected),
  member('replica-2', { ...connected, follows: 'replica-1' }),
];

describe('who a plan takes for the source', () => {
  it.each<[string, readonly Member[], string | null]>([
    ['the active one of a pair', pair, 'source'],
    [
      'the active one of a pair, the other one being configured',
      [
        member('source', { ...connected, follows: 'replica-1', readOnly: true }),
        member('replica-1', { readOnly: false }),
      ],
      'replica-1',
    ],
    ['the beginning of a chain', chain, 'source'],
    [
      'the source, beside replicas that are writable by mistake',
      [member('source'), member('replica-1', { ...connected, readOnly: false })],
      'source',
    ],
    [
      'who was promoted with STOP only',
      [member('source', { readOnly: true }), member('replica-1', { ...stopped, readOnly: false })],
      'replica-1',
    ],
    [
      'who was promoted with read_only only',
      [member('source', { readOnly: true }), member('replica-1', { ...connected, readOnly: false })],
      'replica-1',
    ],
    [
      'who was promoted by hand after a recorded promotion, and still follows',
      [
        member('source', { readOnly: true, epochs: secondEpoch('source', '0-1-50') }),
        member('replica-1', { ...connected, readOnly: false, epochs: secondEpoch('source', '0-1-50') }),
      ],
      'replica-1',
    ],
    [
      'the recorded one, whose promotion was cut off, beside a deposed source that has returned',
      [
        member('source', { readOnly: false }),
        member('replica-1', { follows: null, epochs: secondEpoch('replica-1', '0-1-50') }),
        member('replica-2', { follows: 'replica-1', epochs: secondEpoch('replica-1', '0-1-50') }),
      ],
      'replica-1',
    ],
  ])('%s', (_, members, expected) => {
    expect(findLeader(members)?.name ?? null).toBe(expected);
  });
});

describe('a plan', () => {
  it('leaves a pair and a chain that are well as they are', () => {
    expect(planPromotion(pair, complete)).toMatchObject({ verdict: 'nothing' });
    expect(planPromotion(chain, complete)).toMatchObject({ verdict: 'nothing' });
  });

  it('fences the other one of a pair of which both take writes', () => {
    const both = [
      member('source', { ...connected, follows: 'replica-1' }),
      member('replica-1', { ...connected, readOnly: false }),
    ];
    expect(planPromotion(both, complete)).toMatchObject({
      verdict: 'go',
      steps: [{ kind: 'refuse-writes', node: 'replica-1' }],
    });
  });

  it('exchanges the parts of a pair and leaves their replication', () => {
    expect(planSwitchover(pair, 'replica-1')).toMatchObject({
      steps: [
        { kind: 'refuse-writes', node: 'source' },
        { kind: 'catch-up', node: 'replica-1' },
        { kind: 'record-epoch', node: 'replica-1' },
        { kind: 'accept-writes', node: 'replica-1' },
      ],
    });
  });

  it('leaves the end of a chain where it is', () => {
    const decision = planSwitchover(chain, 'replica-1');
    expect(decision.verdict === 'go' && decision.steps.filter(({ kind }) => kind === 'follow')).toEqual([
      { kind: 'follow', node: 'source', source: 'replica-1' },
    ]);
  });

  it('takes a delayed replica only where there is no other, and says so', () => {
    const gone = member('source', { down: true });
    const delayed = member('replica-1', { delayMs: 3_600_000 });
    const leader = (members: readonly Member[]) => {
      const decision = planPromotion(members, complete);
      return decision.verdict === 'go' ? decision.steps.at(-1)?.node : JSON.stringify(decision);
    };
    expect(leader([gone, delayed, member('replica-2')])).toBe('replica-2');
    expect(leader([gone, delayed])).toContain('configured delay of 3600 s');
    expect(
      planSwitchover([member('source'), member('replica-1', { ...connected, delayMs: 1000 })], 'replica-1'),
    ).toMatchObject({ verdict: 'refused' });
  });
});
