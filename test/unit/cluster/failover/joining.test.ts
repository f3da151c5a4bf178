/** What has to be done for a server to follow the source, or why it cannot: rows by what it says of itself. */
import { describe, expect, it } from 'vitest';
import type { Member } from '../../../../src/cluster/failover/member.ts';
import type { Decision } from '../../../../src/cluster/failover/plan.ts';
import { planAddition } from '../../../../src/cluster/failover/plan-addition.ts';
import { planRejoin, type RejoinWishes } from '../../../../src/cluster/failover/plan-rejoin.ts';
import { planSwitchover } from '../../../../src/cluster/failover/plan-switchover.ts';
import { type Described, member, secondEpoch } from './described-members.ts';

/** The steps, or the verdict and why. */
function inWords(decision: Decision): readonly string[] {
  if (decision.verdict === 'go') return decision.steps.map(({ kind, node }) => `${kind} ${node}`);
  return decision.verdict === 'refused' ? ['refused', ...decision.reasons] : ['nothing', decision.why];
}
const leader = member('source');
const abilities = { stepsDown: true, copies: true, copyTools: 'a dump' };
const connected: Described = { receiver: 'CONNECTED', applier: 'RUNNING' };
const errant: Described = { ...connected, position: '0-1-100,7-9-3' };
const rejoin = (given: Described, wishes?: Partial<RejoinWishes>, source: Member = leader) =>
  planRejoin([source, member('replica-1', given)], 'replica-1', wishes && { discard: false, obstacles: [], ...wishes });

describe('a server rejoins', () => {
  it.each<[string, Described, readonly string[]]>([
    ['by following, when it does not', { follows: null, readOnly: true }, ['follow replica-1']],
    [
      'after it was made to refuse writes',
      { follows: null, readOnly: false },
      ['refuse-writes replica-1', 'follow replica-1'],
    ],
    ['by following anew, when it has lost its source', { receiver: 'CONNECTING' }, ['follow replica-1']],
    ['by following anew, when it does not apply', { ...connected, applier: 'STOPPED' }, ['follow replica-1']],
    ['by refusing writes alone, when it follows', { ...connected, readOnly: false }, ['refuse-writes replica-1']],
    ['without anything, when all is well', connected, ['nothing', 'replica-1 replicates source already']],
    [
      'not while it is out of reach',
      { down: true },
      ['refused', expect.stringMatching(/^replica-1 .*\(refused the connection\)$/)],
    ],
    ['empty as it is', { ...connected, follows: null, position: '' }, ['follow replica-1']],
    [
      'on its host only, where it cannot be told',
      { follows: null, abilities: { ...abilities, stepsDown: false } },
      ['refused', 'replica-1 cannot be told over a connection to follow: make it a replica of source on its host'],
    ],
    [
      'over a connection where it follows already, though it cannot be told to begin',
      { receiver: 'CONNECTING', abilities: { ...abilities, stepsDown: false } },
      ['follow replica-1'],
    ],
  ])('%s', (_, given, expected) => {
    expect(inWords(rejoin(given))).toEqual(expected);
  });

  it('not with transactions of its own, which are named with what becomes of them', () => {
    const [verdict, what, how] = inWords(rejoin(errant));
    expect(verdict).toBe('refused');
    expect(what).toMatch(/^replica-1 .*7-9-3/);
    expect(how).toMatch(/replica-1.*rejoin replica-1 --discard$/);
  });

  it('not as a server of another kind, not even to be copied', () => {
    const other = member('replica-1', { position: '3e11fa47-71ca-11e1-9e33-c80aa9429562:1' }, 'mysql');
    for (const discard of [false, true]) {
      const decision = planRejoin([leader, other], 'replica-1', { discard, obstacles: [] });
      expect(inWords(decision)).toEqual(['refused', 'replica-1 is mysql, the source mariadb']);
    }
  });

  it.each([
    [
      'the source is unknown',
      [member('source', { down: true }), member('replica-1')],
      expect.stringMatching(/^the source /),
    ],
    ['it is none of ours', [leader], 'there is no server replica-1'],
  ] as const)('not when %s', (_, members, why) => {
    expect(inWords(planRejoin(members, 'replica-1'))).toEqual(['refused', why]);
  });

  it('not as its own source', () => {
    expect(inWords(planRejoin([leader, member('replica-1')], 'source'))).toEqual(['nothing', 'source is the source']);
  });
});

describe('a server is copied', () => {
  const discard = { discard: true };

  it('when what it holds may be thrown away, and told what that means', () => {
    const decision = rejoin(errant, discard);
    expect(inWords(decision)).toEqual(['copy replica-1', 'follow replica-1']);
    expect(decision).toMatchObject({
      notes: [
        expect.stringMatching(/7-9-3/),
        expect.stringMatching(/for good; accounts on replica-1 stay/),
        expect.stringMatching(/^source .*commit/),
      ],
    });
    expect(JSON.stringify(decision)).not.toContain('--discard');
  });

  it.each<[string, Described, readonly string[]]>([
    ['when it is empty', { ...connected, position: '' }, ['copy replica-1', 'follow replica-1']],
    ['not when it holds nothing else', connected, ['nothing', 'replica-1 replicates source already']],
  ])('%s', (_, given, expected) => {
    expect(inWords(rejoin(given, discard))).toEqual(expected);
  });

  it.each<[string, Described, readonly string[], RegExp]>([
    [
      'of a kind that is not',
      { abilities: { ...abilities, copies: false } },
      [],
      /^servers of this kind are not copied/,
    ],
    ['that is unfit', { unfit: ['it writes no binary log (log_bin)'] }, [], /^it writes no binary log/],
    ['while something is in the way', {}, ['a view'], /^source cannot be copied from here: a view$/],
  ])('not %s, and with which tool is said', (_, given, obstacles, why) => {
    const [verdict, first, last, ...more] = inWords(rejoin({ ...errant, ...given }, { discard: true, obstacles }));
    expect([verdict, more]).toEqual(['refused', []]);
    expect(first).toMatch(why);
    expect(last).toBe('copy source to replica-1 with a tool of the server (a dump), then rejoin replica-1');
  });
});

describe('a server that joins', () => {
  const extra = { sourceHasAll: true, appMayConnect: true };
  const fresh: Described = { follows: null, position: '', identity: 'new@db' };
  const add = (given: Described, facts = extra, source: Member = leader) =>
    planAddition([source], member('replica-1', { ...fresh, ...given }), facts);

  it('is told of that the application has no account there', () => {
    expect(add({}, { ...extra, appMayConnect: false })).toMatchObject({
      verdict: 'go',
      notes: [expect.stringMatching(/account/)],
    });
    expect(add({})).toMatchObject({ verdict: 'go', notes: [] });
  });

  it.each<[string, string, boolean]>([
    ['10.11.14-MariaDB', '10.11.2-MariaDB', true],
    ['10.11.14-MariaDB', '11.4.1-MariaDB', true],
    ['10.11.14-MariaDB', '10.6.99-MariaDB', false],
    ['11.4.1-MariaDB', '10.11.14-MariaDB', false],
    ['11.1.0-MariaDB', '10.11.14-MariaDB', false],
  ])('under a source of %s may run %s: %s', (theirs, own, joins) => {
    expect(add({ version: own }, extra, member('source', { version: theirs })).verdict).toBe(joins ? 'go' : 'refused');
  });

  it.each<[string, Described, Partial<typeof extra>, RegExp]>([
    ['is out of reach', { down: true }, {}, /^replica-1 .*refused the connection/],
    ['has an identity that is taken', { identity: 'source@db' }, {}, /member already/],
    ['lacks what the source has purged', {}, { sourceHasAll: false }, /^it is empty, and source has purged/],
    ['has transactions of its own', { position: '0-7-900' }, {}, /0-7-900/],
    ['is unfit', { unfit: ['it writes no binary log (log_bin)'] }, {}, /log_bin/],
  ])('is refused when it %s, with the reason', (_, given, facts, why) => {
    const [verdict, ...reasons] = inWords(add(given, { ...extra, ...facts }));
    expect(verdict).toBe('refused');
    expect(reasons.some((reason) => why.test(reason))).toBe(true);
  });

  it('with a part of the history needs no beginning of it', () => {
    expect(add({ position: '0-1-50' }, { ...extra, sourceHasAll: false }).verdict).toBe('go');
  });

  it('waits for a source', () => {
    expect(inWords(add({}, extra, member('source', { down: true })))).toEqual([
      'refused',
      expect.stringMatching(/^the source /),
    ]);
  });
});

describe('a switchover', () => {
  it('is refused without a source that is known, and to one without a record of promotions', () => {
    const [gone, replica] = [member('source', { down: true }), member('replica-1', connected)];
    expect(inWords(planSwitchover([gone, replica], 'replica-1'))[0]).toBe('refused');
    const unrecorded = member('replica-1', { ...connected, epochs: null });
    const [verdict, ...reasons] = inWords(planSwitchover([leader, unrecorded], 'replica-1'));
    expect(verdict).toBe('refused');
    expect(reasons.join()).toMatch(/replica-1.*record of promotions/);
  });

  it('leaves a deposed source to be rejoined by the plan for that', () => {
    const epochs = secondEpoch('replica-1', '0-1-100');
    const promoted = member('replica-1', { epochs, follows: null, readOnly: false, position: '0-2-105' });
    expect(inWords(planRejoin([member('source'), promoted], 'source'))).toEqual([
      'refuse-writes source',
      'follow source',
    ]);
  });
});
