import { describe, expect, it } from 'vitest';
import type { ConsistencyRequest } from '../../../src/consistency/consistency-request.ts';
import { type ConsistencyLevel, consistencyLevels } from '../../../src/consistency/levels.ts';
import { emptySession, requireSource, type Session } from '../../../src/consistency/session.ts';
import { besides, including, requirementFor } from '../../../src/consistency/session-guarantee.ts';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';

const at = (text: string) => MariadbGtidPosition.parse(text);
const position = at('0-1-5');
const limits = { whenBehind: 'BYPASS', waitMs: 7, maxStalenessMs: null } as const;
const asking = (level: ConsistencyLevel, more: Partial<ConsistencyRequest> = {}): ConsistencyRequest => ({
  level,
  ...limits,
  ...more,
});
const blank = emptySession('orders', 1);
const seen: Session = { ...blank, position };
const nothing = { ...limits, position: null, sourceOnly: null, observes: true, backupAllowed: false } as const;

describe('what a read must include', () => {
  it.each([
    ['EVENTUAL', { ...nothing, observes: false }],
    ['BOUNDED', nothing],
    ['SESSION', { ...nothing, position }],
    ['STRONG', { ...nothing, sourceOnly: 'strong-read' }],
  ] as const)('follows from the level: %s', (level, requirement) => {
    const required = requirementFor(asking(level), seen);
    expect(required).toEqual({ level, ...requirement });
    expect(required.position).toBe(requirement.position);
  });

  it('is nothing for a session that has seen nothing, which the backup may serve', () => {
    expect(requirementFor(asking('SESSION'), blank)).toEqual({ ...nothing, level: 'SESSION', backupAllowed: true });
  });

  it('is the source for a session whose position does not tell its whole past', () => {
    for (const session of [blank, seen]) {
      const required = requirementFor(asking('SESSION'), requireSource(session));
      expect(required).toEqual({ ...nothing, level: 'SESSION', sourceOnly: 'position-unknown' });
    }
  });

  it('observes at every level but EVENTUAL, unless reads need not be monotonic', () => {
    const observing = (more = {}) =>
      consistencyLevels.filter((level) => requirementFor(asking(level, more), seen).observes);
    expect(observing()).toEqual(['BOUNDED', 'SESSION', 'STRONG']);
    expect(observing({ monotonicReads: false })).toEqual([]);
  });

  it('keeps the backup from clients that could notice that it is behind', () => {
    const allowed = (session: Session, more: Partial<ConsistencyRequest> = {}) =>
      consistencyLevels.filter((level) => requirementFor(asking(level, more), session).backupAllowed);
    expect(allowed(blank)).toEqual(['EVENTUAL', 'BOUNDED', 'SESSION']);
    for (const session of [seen, requireSource(blank)]) expect(allowed(session)).toEqual([]);
    expect(allowed(blank, { maxStalenessMs: 5 })).toEqual([]);
  });
});

describe('what it must include once its session has moved on', () => {
  it.each([
    ['EVENTUAL', undefined, null],
    ['BOUNDED', undefined, null],
    ['SESSION', '0-1-9', null],
    ['STRONG', undefined, 'strong-read'],
  ] as const)('%s', (level, text, sourceOnly) => {
    const moved = including(requirementFor(asking(level), blank), { ...blank, position: at('0-1-9') });
    expect([moved.position?.format(), moved.sourceOnly, moved.backupAllowed]).toEqual([text, sourceOnly, false]);
  });

  it('is all of it', () => {
    const moved = including(requirementFor(asking('SESSION'), seen), { ...blank, position: at('1-1-3') });
    expect(moved.position?.format()).toBe('0-1-5,1-1-3');
  });

  it('is the source when no position tells of it, and stays so', () => {
    const moved = including(requirementFor(asking('SESSION'), seen), requireSource(seen));
    expect(moved).toMatchObject({ position: null, sourceOnly: 'position-unknown' });
    expect(including(moved, seen)).toMatchObject({ position: null, sourceOnly: 'position-unknown' });
  });
});

describe('what it must include beside something that is shown', () => {
  it.each([
    ['EVENTUAL', '0-1-9', null],
    ['BOUNDED', '0-1-9', null],
    ['SESSION', '0-1-9', null],
    ['STRONG', undefined, 'strong-read'],
  ] as const)('%s', (level, text, sourceOnly) => {
    const required = besides(requirementFor(asking(level), seen), at('0-1-9'));
    expect([required.position?.format(), required.sourceOnly, required.backupAllowed]).toEqual([
      text,
      sourceOnly,
      false,
    ]);
    expect(besides(requirementFor(asking(level), blank), at('0-1-9')).backupAllowed).toBe(false);
  });

  it('is both for a session that has seen something else', () => {
    const session = { ...blank, position: at('1-1-3') };
    const required = besides(requirementFor(asking('SESSION'), session), at('0-1-9'));
    expect(required.position?.format()).toBe('0-1-9,1-1-3');
  });
});
