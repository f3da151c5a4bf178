import { describe, expect, it } from 'vitest';
import type { Member } from '../../../../src/cluster/failover/member.ts';
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

const replica = (number: number, priority: number): Member => ({ ...member(`replica-${number}`), priority });

const leaderOf = (decision: Decision) =>
  decision.verdict === 'go' ? decision.steps.find(({ kind }) => kind === 'accept-writes')?.node : decision.verdict;
const words = (decision: Decision) => JSON.stringify(decision);
/** A step a line: its kind, its server, and what else is in it. */
const stepsOf = (decision: Decision) =>
  decision.verdict === 'go' ? decision.steps.map((step) => Object.values(step).join(' ')) : decision;

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
      'none if each has a domain that the other lacks',
      { received: '0-1-5,1-1-9' },
      { received: '0-1-6,1-1-8' },
      'refused',
    ],
    ['none while one position is unknown', { received: null }, {}, 'refused'],
    ['none while a replica still receives', {}, { receiver: 'CONNECTED' }, 'refused'],
    ['none while a replica is unreachable', {}, { down: true }, 'refused'],
    ['none that keeps no record of promotions', { epochs: null }, { epochs: null }, 'refused'],
  ])('%s', (_, one, two, expected) => {
    expect(leaderOf(plan(one, two))).toBe(expected);
  });

  it.each<[what: string, readonly Member[], string]>([
    ['the one of priority', [replica(1, 2), replica(2, 1)], 'replica-2'],
    ['the one of priority, which comes first', [replica(2, 1), replica(1, 2)], 'replica-2'],
    ['of one priority the first by its number', [replica(10, 1), replica(9, 1)], 'replica-9'],
  ])('of equals is %s', (_, members, expected) => {
    const wishes = { target: null, force: false, onlyIfSourceDown: false };
    expect(leaderOf(planPromotion([gone, ...members], wishes))).toBe(expected);
  });

  it('is none by choice if each lacks something, and the operator is told to name one', () => {
    expect(plan({ received: '0-1-5,1-1-9' }, { received: '0-1-6,1-1-8' })).toEqual({
      verdict: 'refused',
      reasons: ['no replica has everything that the others have received: name one, and pass --force'],
    });
  });

  it('is by force one whose position is known, whatever it has', () => {
    expect(leaderOf(plan({ received: null }, { received: '0-1-5' }, { force: true }))).toBe('replica-2');
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
  it('compare nothing that still grows, and refuse writes until the epoch is recorded', () => {
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

describe('the steps of a forced promotion', () => {
  const forced = (one: Described, two: Described) => plan(one, two, { target: 'replica-1', force: true });
  const usual = [
    'apply-received replica-1',
    'stop-replicating replica-1 true',
    'follow replica-2 replica-1',
    'record-epoch replica-1 2',
    'accept-writes replica-1',
  ];
  const [apply, leave, follow, record, accept] = usual;

  it.each<[what: string, Described, Described, readonly (string | undefined)[]]>([
    [
      'stop those only that receive',
      { receiver: 'STOPPED' },
      { receiver: 'CONNECTED' },
      ['stop-receiving replica-2', ...usual],
    ],
    [
      'apply nothing if nothing was received',
      { follows: null },
      { receiver: 'STOPPED' },
      [leave, follow, record, accept],
    ],
    [
      'begin with a server that refuses writes',
      { receiver: 'STOPPED', readOnly: false },
      { receiver: 'STOPPED' },
      [apply, 'refuse-writes replica-1', leave, follow, record, accept],
    ],
    [
      'leave out one whose position is unknown',
      { receiver: 'STOPPED' },
      { receiver: 'STOPPED', received: null },
      [apply, leave, 'stop-replicating replica-2 false', record, accept],
    ],
    [
      'leave out one whose position is unknown, and need not stop what does not replicate',
      { receiver: 'STOPPED' },
      { received: null, follows: null },
      [apply, leave, record, accept],
    ],
    [
      'record nothing where there is no record',
      { receiver: 'STOPPED', epochs: null },
      { receiver: 'STOPPED' },
      [apply, leave, follow, accept],
    ],
  ])('%s', (_, one, two, expected) => {
    expect(stepsOf(forced(one, two))).toEqual(expected);
  });

  it('begin the record if no server has one yet', () => {
    const decision = plan({ epochs: [], receiver: 'STOPPED' }, { epochs: [], receiver: 'STOPPED' });
    expect(stepsOf(decision)).toContain('record-epoch replica-1 1');
  });
});

describe('what is said against a promotion', () => {
  const toForce = 'to do it anyway and lose what is named above, pass --force';
  it.each<[what: string, Described, Described, readonly string[]]>([
    [
      'the target lacks something',
      { received: '0-1-99' },
      {},
      ['replica-1 lacks 1 transactions that replica-2 has: they would be lost, and replica-2 left out'],
    ],
    [
      'the target applies late',
      { delayMs: 90_000 },
      {},
      ['replica-1 has a configured delay of 90 s, and applies what it has received only then'],
    ],
    [
      'there is no record',
      { epochs: null },
      {},
      ['replica-1 keeps no record of promotions (run the migrations): clients would not learn of lost writes'],
    ],
    [
      'another position is unknown',
      {},
      { received: null },
      ['cannot determine which transactions replica-2 has received: it may be more'],
    ],
    [
      'another one still receives',
      {},
      { receiver: 'CONNECTED' },
      ['replica-2 still receives from the source: it is not gone'],
    ],
    [
      'another one is unreachable',
      {},
      { down: true },
      ['replica-2 is unreachable (refused the connection) and may have received what replica-1 lacks'],
    ],
  ])('when %s, is told before and after it is forced', (_, one, two, doubts) => {
    const target = 'replica-1';
    expect(plan(one, two, { target })).toEqual({ verdict: 'refused', reasons: [...doubts, toForce] });
    expect(plan(one, two, { target, force: true })).toMatchObject({ verdict: 'go', notes: doubts });
  });

  it.each<[what: string, Described, why: string | null]>([
    ['its position is unknown', { received: null }, 'cannot determine which transactions replica-1 has received'],
    [
      'it has stopped at an error',
      { applier: 'STOPPED', replicationError: 'error 1062' },
      'replica-1 cannot apply what it has received (error 1062)',
    ],
    ['it was stopped', { applier: 'STOPPED' }, null],
    ['it had an error, and applies again', { replicationError: 'error 1062' }, null],
  ])('of the target cannot be forced: %s', (_, one, why) => {
    const decision = plan(one, {}, { target: 'replica-1', force: true });
    if (why === null) expect(decision.verdict).toBe('go');
    else expect(decision).toEqual({ verdict: 'refused', reasons: [why] });
  });

  it('is that the source answers, when another one is wished for', () => {
    expect(plan({}, {}, { target: 'replica-1', force: true }, member('source'))).toEqual({
      verdict: 'refused',
      reasons: ['source is the source and answers: use switchover replica-1, which loses nothing'],
    });
  });

  it('is that no server answers', () => {
    expect(plan({ down: true }, { down: true }, { force: true })).toEqual({
      verdict: 'refused',
      reasons: ['no server answers'],
    });
  });

  it('is nothing, if it is unknown which server was the source', () => {
    const lost = (name: string) => ({ ...member(name, { down: true }), configuredSource: false });
    const members = [lost('replica-3'), lost('replica-4'), { ...member('replica-1', { follows: null }) }];
    const decision = planPromotion(members, { target: null, force: true, onlyIfSourceDown: false });
    expect(leaderOf(decision)).toBe('replica-1');
  });
});

describe('what is left of a promotion that was begun', () => {
  const epochs = secondEpoch('replica-1', '0-1-100');
  const recorded = { epochs, follows: null };
  const done = { ...recorded, readOnly: false };
  const back = (given: Described = {}) => member('source', given);
  const well = { follows: 'replica-1' };

  it.each<
    [what: string, Described, Described, source: ReturnType<typeof member>, expected: readonly string[] | 'nothing']
  >([
    ['nothing', done, well, gone, 'nothing'],
    ['to accept writes', recorded, well, gone, ['accept-writes replica-1']],
    [
      'to leave the old source, and accept writes',
      { epochs },
      well,
      gone,
      ['stop-replicating replica-1 true', 'accept-writes replica-1'],
    ],
    ['to leave the old source', { epochs, readOnly: false }, well, gone, ['stop-replicating replica-1 true']],
    ['to fence the old source', done, well, back(), ['refuse-writes source']],
    ['nothing, where two replicate each other on purpose', { ...done, follows: 'replica-2' }, well, gone, 'nothing'],
    ['to have the others follow', done, {}, gone, ['follow replica-2 replica-1']],
    ['nothing for one that has more', done, { position: '0-1-101' }, gone, 'nothing'],
    ['nothing for one that is not a replica', done, { follows: null }, gone, 'nothing'],
  ])('is %s', (_, one, two, source, expected) => {
    const decision = plan(one, two, {}, source);
    if (expected === 'nothing')
      expect(decision).toEqual({ verdict: 'nothing', why: 'replica-1 is the source already' });
    else expect(stepsOf(decision)).toEqual(expected);
  });

  it('names the servers that are fenced', () => {
    expect(plan(done, well, {}, back())).toMatchObject({ notes: ['source accepts writes beside the source: fenced'] });
  });

  it.each<[what: string, Described, readonly string[] | 'nothing']>([
    ['accepts writes', {}, 'nothing'],
    ['refuses writes, and is not a replica', { readOnly: true }, ['accept-writes source']],
    ['refuses writes, and replicates another one', { readOnly: true, follows: 'replica-9' }, 'nothing'],
    ['accepts writes, and replicates another one', { follows: 'replica-9' }, 'nothing'],
  ])('is told of the source without a record that %s', (_, given, expected) => {
    const decision = plan({}, {}, {}, back(given));
    if (expected === 'nothing') expect(decision).toEqual({ verdict: 'nothing', why: 'source is the source already' });
    else expect(stepsOf(decision)).toEqual(expected);
  });
});

describe('an unrequested promotion', () => {
  const unasked = { onlyIfSourceDown: true };
  it('is made when the source is out of our reach and all replicas have lost it', () => {
    expect(leaderOf(plan({}, {}, unasked))).toBe('replica-1');
  });

  it.each<[string, Described, Described, why: string]>([
    ['one replica still receives', {}, { receiver: 'CONNECTED' }, 'replica-2 still receives from source'],
    [
      'one replica cannot be asked',
      {},
      { down: true },
      'replica-2 is unreachable (refused the connection) and cannot be asked',
    ],
    [
      'no server answers',
      { down: true },
      { down: true },
      'no server answers: this machine may be the one that is cut off',
    ],
  ])('is none when %s', (_, one, two, why) => {
    expect(plan(one, two, unasked)).toEqual({ verdict: 'nothing', why });
  });

  it('is none if it is unknown which server is the source', () => {
    const lost = { ...gone, configuredSource: false };
    expect(plan({ follows: null }, { follows: null }, unasked, lost)).toEqual({
      verdict: 'nothing',
      why: 'it is unknown which server is the source',
    });
  });

  it('is none while the source answers, writable or not', () => {
    for (const readOnly of [false, true]) {
      expect(plan({}, {}, unasked, member('source', { readOnly }))).toEqual({
        verdict: 'nothing',
        why: 'source is the source and answers',
      });
    }
  });
});
