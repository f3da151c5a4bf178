import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../../src/cluster/failover/plan.ts';
import { type PromotionWishes, planPromotion } from '../../../../src/cluster/failover/plan-promotion.ts';
import { type Described, member, secondEpoch } from './described-members.ts';

const gone = member('source', { down: true });
const plan = (one: Described, two: Described, wishes: Partial<PromotionWishes> = {}, source = gone) =>
  planPromotion([source, member('replica-1', one), member('replica-2', two)], {
    target: null,
    force: false,
    onlyIfSourceDown: false,
    ...wishes,
  });

const leaderOf = (decision: Decision) =>
  decision.verdict === 'go' ? decision.steps.find(({ kind }) => kind === 'accept-writes')?.node : decision.verdict;
const words = (decision: Decision) => JSON.stringify(decision);

describe('which replica takes the place of a source that is gone', () => {
  it.each<[string, Described, Described, string]>([
    ['the one that has received most', { received: '0-1-101' }, { received: '0-1-102' }, 'replica-2'],
    ['received counts, not applied', { position: '0-1-90', received: '0-1-102' }, { position: '0-1-101' }, 'replica-1'],
    [
      'of equals the one that has applied most',
      { position: '0-1-90', received: '0-1-102' },
      { position: '0-1-102' },
      'replica-2',
    ],
    ['of equals in everything the first', {}, {}, 'replica-1'],
    [
      'nobody when each has a domain that the other lacks',
      { received: '0-1-5,1-1-9' },
      { received: '0-1-6,1-1-8' },
      'refused',
    ],
    ['nobody while one position is unknown', { received: null }, {}, 'refused'],
    ['nobody while a replica still receives', {}, { receiver: 'CONNECTED' }, 'refused'],
    ['nobody while a replica is out of reach', {}, { down: true }, 'refused'],
    ['nobody that keeps no record of promotions', { epochs: null }, { epochs: null }, 'refused'],
  ])('%s', (_, one, two, expected) => {
    expect(leaderOf(plan(one, two))).toBe(expected);
  });

  it('is never one whose own position is unknown, not even by force', () => {
    expect(plan({ received: null }, {}, { target: 'replica-1', force: true })).toMatchObject({ verdict: 'refused' });
  });

  it('is never one that cannot apply what it has received', () => {
    const broken = { applier: 'STOPPED', replicationError: 'error 1062' } as const;
    expect(words(plan(broken, {}, { target: 'replica-1', force: true }))).toContain('error 1062');
  });

  it('may be one that lacks something only by force, and then the plan says what is lost and leaves the other out', () => {
    const [behind, ahead] = [{ received: '0-1-100' }, { received: '0-1-103' }];
    expect(leaderOf(plan(behind, ahead, { target: 'replica-1' }))).toBe('refused');
    const forced = plan(behind, ahead, { target: 'replica-1', force: true });
    expect(leaderOf(forced)).toBe('replica-1');
    expect(words(forced)).toContain('replica-1 lacks 3 transactions that replica-2 has');
    expect(words(forced)).not.toContain('"kind":"follow"');
    expect(forced).toMatchObject({
      steps: expect.arrayContaining([{ kind: 'stop-replicating', node: 'replica-2', forget: false }]),
    });
  });

  it('counts gaps of GTID sets', () => {
    const uuid = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
    const members = [
      gone,
      member('replica-1', { position: `${uuid}:1-5:7-9` }, 'mysql'),
      member('replica-2', { position: `${uuid}:1-8` }, 'mysql'),
    ];
    const decide = (target: string | null) => planPromotion(members, { target, force: false, onlyIfSourceDown: false });
    expect(decide(null)).toMatchObject({ verdict: 'refused' });
    expect(words(decide('replica-1'))).toContain('replica-1 lacks 1 transactions');
  });
});

describe('the steps of a promotion', () => {
  it('compare nothing that still grows, and let nobody write before the epoch is recorded', () => {
    const decision = plan({}, {});
    expect(decision).toEqual({
      verdict: 'go',
      notes: [],
      steps: [
        { kind: 'stop-receiving', node: 'replica-1' },
        { kind: 'stop-receiving', node: 'replica-2' },
        { kind: 'apply-received', node: 'replica-1' },
        { kind: 'stop-replicating', node: 'replica-1', forget: true },
        { kind: 'follow', node: 'replica-2', source: 'replica-1' },
        { kind: 'record-epoch', node: 'replica-1', epoch: 2 },
        { kind: 'accept-writes', node: 'replica-1' },
      ],
    });
  });

  const epochs = secondEpoch('replica-1', '0-1-100');
  it('go on where they were cut off after the epoch was recorded', () => {
    const decision = plan({ epochs, follows: null }, { follows: 'source' }, { target: 'replica-1' });
    expect(decision).toMatchObject({
      steps: [
        { kind: 'follow', node: 'replica-2', source: 'replica-1' },
        { kind: 'accept-writes', node: 'replica-1' },
      ],
    });
  });

  it('are none when all is done', () => {
    const decision = plan(
      { epochs, follows: null, readOnly: false },
      { follows: 'replica-1' },
      { target: 'replica-1' },
    );
    expect(decision).toEqual({ verdict: 'nothing', why: 'replica-1 is the source already' });
  });

  it('fence a deposed source that has come back', () => {
    const back = member('source', { position: '0-1-101' });
    const decision = plan({ epochs, follows: null, readOnly: false }, { follows: 'replica-1' }, {}, back);
    expect(decision).toMatchObject({ steps: [{ kind: 'refuse-writes', node: 'source' }] });
  });
});

describe('a promotion that nobody asked for', () => {
  const unasked = { onlyIfSourceDown: true };
  it.each<[string, Described, Described, string]>([
    ['the source is out of our reach and all replicas have lost it', {}, {}, 'replica-1'],
    ['one replica still receives', {}, { receiver: 'CONNECTED' }, 'nothing'],
    ['one replica cannot be asked', {}, { down: true }, 'nothing'],
    ['nobody answers', { down: true }, { down: true }, 'nothing'],
  ])('when %s', (_, one, two, expected) => {
    expect(leaderOf(plan(one, two, unasked))).toBe(expected);
  });

  it('is none while the source answers, writable or not', () => {
    for (const readOnly of [false, true]) {
      expect(plan({}, {}, unasked, member('source', { readOnly }))).toMatchObject({ verdict: 'nothing' });
    }
  });
});
