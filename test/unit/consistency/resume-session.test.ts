import { describe, expect, it } from 'vitest';
import type { EpochHistory } from '../../../src/consistency/epoch.ts';
import { resumeSession } from '../../../src/consistency/resume-session.ts';
import { advanceSession, emptySession, requireSource } from '../../../src/consistency/session.ts';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';

const at = (text: string) => MariadbGtidPosition.parse(text);
const token = (epoch: number, text: string) => advanceSession(emptySession('orders', epoch), at(text), 1_000);
const history: EpochHistory = [
  { epoch: 2, sourceId: 'b', endOfPrevious: at('0-1-100') },
  { epoch: 3, sourceId: 'c', endOfPrevious: at('0-2-150') },
];

describe('resuming a session from its tokens', () => {
  it('starts an empty one of the present epoch without tokens', () => {
    expect(resumeSession('orders', [], history).session).toEqual(emptySession('orders', 3));
  });

  it('hands back the very session of a single current token', () => {
    const only = token(3, '0-3-160');
    expect(resumeSession('orders', [only], history)).toEqual({
      session: only,
      healed: only,
      lost: [],
      ahead: [],
      behind: [],
      isUnjudged: true,
    });
    expect(resumeSession('orders', [only], history).session).toBe(only);
  });

  it('merges tokens of several epochs whose writes survived', () => {
    const { session } = resumeSession(
      'orders',
      [token(1, '0-1-90'), token(3, '0-3-160'), token(2, '1-1-0,0-2-120')],
      history,
    );
    expect(session.epoch).toBe(3);
    expect(session.position?.format()).toBe('0-3-160');
  });

  it('reports a lost write and takes nothing over from it', () => {
    const gone = token(1, '0-1-101');
    const resumed = resumeSession('orders', [token(3, '0-3-155'), gone], history);
    expect(resumed.lost).toEqual([gone]);
    expect(resumed.session.position?.format()).toBe('0-3-155');
  });

  it.each([
    ['the end that is on record, while the source is away', token(2, '0-2-160'), history, null, '0-2-150', false],
    ['what the source itself says is left', token(3, '0-3-200'), history, '0-3-170', '0-3-170', false],
    ['the source alone, where neither tells: not what was lost', token(3, '0-3-200'), history, null, undefined, true],
  ] as const)('heals a client of a loss with %s', (_, gone, known, surviving, left, requiresSource) => {
    const { lost, healed } = resumeSession('orders', [gone], known, {
      verdictOf: () => 'LACKING',
      isForgotten: () => false,
      surviving: () => (surviving === null ? null : at(surviving)),
    });
    expect(lost).toEqual([gone]);
    expect(healed.position?.format()).toBe(left);
    expect(healed.requiresSource).toBe(requiresSource);
  });

  it('demands the source when a promotion since was not recorded', () => {
    const old = token(0, '0-1-50');
    const { session } = resumeSession('orders', [old, token(3, '0-3-155')], history);
    expect(session).toMatchObject({ requiresSource: true, epoch: 3 });
    expect(session.position?.format()).toBe('0-3-155');
  });

  it('sets tokens of epochs yet unheard of apart', () => {
    const newer = token(4, '0-4-10');
    expect(resumeSession('orders', [newer], history)).toMatchObject({ ahead: [newer], lost: [] });
    expect(resumeSession('orders', [newer], []).ahead).toEqual([newer]);
  });

  it('keeps the demand for the source that a token carries', () => {
    expect(resumeSession('orders', [requireSource(emptySession('orders', 3))], history).session.requiresSource).toBe(
      true,
    );
    const old = requireSource(token(2, '0-2-120'));
    expect(resumeSession('orders', [old], history).session.requiresSource).toBe(true);
  });
});
