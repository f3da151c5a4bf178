/** What becomes of a token, by what the record of epochs and the source's own history say of it. */
import { describe, expect, it } from 'vitest';
import type { EpochHistory } from '../../../src/consistency/epoch.ts';
import { isAhead, type PastJudge, type PastVerdict, resumeSession } from '../../../src/consistency/resume-session.ts';
import { advanceSession, emptySession, requireSource, type Session } from '../../../src/consistency/session.ts';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';

const at = (text: string) => MariadbGtidPosition.parse(text);
const token = (epoch: number, text: string, atMs = 1_000) =>
  advanceSession(emptySession('orders', epoch), at(text), atMs);
const history: EpochHistory = [
  { epoch: 2, sourceId: '2@b', endOfPrevious: at('0-1-100') },
  { epoch: 3, sourceId: '3@c', endOfPrevious: at('0-2-150') },
];
const judging = (verdict: PastVerdict, given: Partial<PastJudge> = {}): PastJudge => ({
  verdictOf: () => verdict,
  isForgotten: () => false,
  surviving: () => null,
  ...given,
});
type Kind = 'lost' | 'ahead' | 'behind';
const kindsOf = (one: Session, judge: PastJudge): readonly Kind[] => {
  const resumed = resumeSession('orders', [one], history, judge);
  return (['lost', 'ahead', 'behind'] as const).filter((kind) => resumed[kind].includes(one));
};

describe('a token of the present epoch', () => {
  it.each<[PastVerdict, readonly Kind[], string | undefined, boolean, boolean]>([
    ['INCLUDED', [], '0-3-160', false, false],
    ['UNJUDGED', [], '0-3-160', false, true],
    ['LACKING', ['lost'], undefined, false, false],
    ['UNKNOWN', [], undefined, true, false],
    ['ELSEWHERE', ['ahead'], undefined, false, false],
    ['BEHIND', ['behind'], undefined, false, false],
  ])('of which the source says %s is %j', (verdict, kinds, position, requiresSource, isUnjudged) => {
    const one = token(3, '0-3-160');
    expect(kindsOf(one, judging(verdict))).toEqual(kinds);
    const resumed = resumeSession('orders', [one], history, judging(verdict));
    expect(resumed.session.position?.format()).toBe(position);
    expect(resumed.session.requiresSource).toBe(requiresSource);
    expect(resumed.isUnjudged).toBe(isUnjudged);
  });

  it('without a position is taken unchanged, and no server is asked', () => {
    const judge = judging('LACKING', {
      verdictOf: () => {
        throw new Error('There is nothing to ask about');
      },
    });
    const one = requireSource(emptySession('orders', 3));
    const resumed = resumeSession('orders', [one], history, judge);
    expect(resumed).toMatchObject({ session: { requiresSource: true }, lost: [], isUnjudged: false });
  });

  it('that was not judged is reported as such even beside one that was', () => {
    const verdicts = new Map<Session, PastVerdict>();
    const [known, unknown] = [token(3, '0-3-160'), token(3, '0-3-170')];
    verdicts.set(known, 'INCLUDED').set(unknown, 'UNJUDGED');
    const judge = judging('INCLUDED', { verdictOf: (one) => verdicts.get(one) ?? 'INCLUDED' });
    expect(resumeSession('orders', [unknown, known], history, judge).isUnjudged).toBe(true);
    expect(resumeSession('orders', [known], history, judge).isUnjudged).toBe(false);
  });
});

describe('a token of an epoch that is not known', () => {
  it.each<[number, boolean, readonly Kind[]]>([
    [4, false, ['ahead']],
    [4, true, ['lost']],
    [0, true, []],
  ])('%i, forgotten: %s, is %j', (epoch, isForgotten, kinds) => {
    expect(kindsOf(token(epoch, '0-1-1'), judging('INCLUDED', { isForgotten: () => isForgotten }))).toEqual(kinds);
  });

  it.each([
    [2, history, false],
    [3, history, false],
    [4, history, true],
    [1, [], true],
  ])('%i is ahead of what is known: %#', (epoch, known, expected) => {
    expect(isAhead(token(epoch, '0-1-1'), known)).toBe(expected);
  });
});

describe('the session of a client that was told of a loss', () => {
  it('is of later than the token that names what was lost, so that it is the newer of two', () => {
    const gone = token(3, '0-3-200', 5_000);
    const { healed } = resumeSession('orders', [gone], history, judging('LACKING', { surviving: () => at('0-3-170') }));
    expect(healed).toMatchObject({ issuedAtMs: 5_001, epoch: 3 });
    expect(healed.position?.format()).toBe('0-3-170');
  });

  it('keeps the later of the times of all that it has', () => {
    const [gone, kept] = [token(3, '0-3-200', 1_000), token(3, '1-1-5', 9_000)];
    const judge = judging('INCLUDED', {
      verdictOf: (one) => (one === gone ? 'LACKING' : 'INCLUDED'),
      surviving: () => at('0-3-170'),
    });
    expect(resumeSession('orders', [gone, kept], history, judge).healed.issuedAtMs).toBe(9_000);
  });

  it('asks no server for what is left of nothing', () => {
    const judge = judging('LACKING', {
      surviving: () => {
        throw new Error('There is nothing to ask about');
      },
    });
    const { healed } = resumeSession('orders', [token(1, '7-1-5')], history, judge);
    expect(healed.requiresSource).toBe(true);
  });
});
