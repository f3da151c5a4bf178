import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MixedHistoryError } from '../../../src/consistency/errors.ts';
import {
  advanceSession,
  emptySession,
  isEmptySession,
  mergeSessions,
  requireSource,
  type Session,
  settleOnSource,
} from '../../../src/consistency/session.ts';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';
import { mariadbPosition, mysqlPosition } from './arbitrary-positions.ts';

const at = (text: string) => MariadbGtidPosition.parse(text);
const blank = emptySession('orders', 1);

const session: fc.Arbitrary<Session> = fc
  .record({
    position: fc.option(
      mysqlPosition.filter((position) => !position.isEmpty()),
      { nil: null },
    ),
    issuedAtMs: fc.nat(20),
    requiresSource: fc.boolean(),
  })
  .map((past) => ({ clusterId: 'orders', epoch: 1, ...past }));

describe('a session', () => {
  it('starts with nothing to carry', () => {
    expect(blank).toEqual({ clusterId: 'orders', epoch: 1, position: null, issuedAtMs: 0, requiresSource: false });
    expect(isEmptySession(blank)).toBe(true);
    expect(isEmptySession(requireSource(blank))).toBe(false);
  });

  it('cannot be changed in place', () => {
    const advanced = advanceSession(blank, at('0-1-5'), 10);
    expect(() => Object.assign(advanced, { epoch: 2 })).toThrow(TypeError);
  });

  it('includes all that it has seen, in any order', () => {
    fc.assert(
      fc.property(fc.array(mariadbPosition), (seen) => {
        const end = seen.reduce((past, position, index) => advanceSession(past, position, index), blank);
        expect(seen.every((position) => position.isEmpty() || end.position?.includes(position))).toBe(true);
      }),
    );
  });

  it('stays the same object when it has seen the position before', () => {
    const seen = advanceSession(blank, at('0-1-5,1-1-3'), 10);
    expect(advanceSession(seen, at('0-1-5'), 20)).toBe(seen);
    expect(advanceSession(seen, at('0-9-4,1-1-3'), 20)).toBe(seen);
    expect(advanceSession(seen, MariadbGtidPosition.empty, 20)).toBe(seen);
    expect(advanceSession(blank, MariadbGtidPosition.empty, 20)).toBe(blank);
  });

  it('keeps the later time when an older answer arrives last', () => {
    const later = advanceSession(blank, at('0-1-5'), 20);
    expect(advanceSession(later, at('1-1-1'), 10).issuedAtMs).toBe(20);
  });

  it('keeps requiring the source until the source has reported its position', () => {
    const required = requireSource(advanceSession(blank, at('0-1-5'), 10));
    expect(requireSource(required)).toBe(required);
    expect(advanceSession(required, at('0-1-9'), 11).requiresSource).toBe(true);
    expect(settleOnSource(required, at('0-1-9'), 11)).toMatchObject({ requiresSource: false, issuedAtMs: 11 });
    expect(settleOnSource(required, at('0-1-5'), 11)).toMatchObject({ requiresSource: false, issuedAtMs: 10 });
  });
});

describe('merging sessions', () => {
  it('is the same in any order and grouping, and changes nothing with itself', () => {
    const told = (past: Session) => ({ ...past, position: past.position?.format() ?? null });
    fc.assert(
      fc.property(session, session, session, (a, b, c) => {
        expect(told(mergeSessions(a, b))).toEqual(told(mergeSessions(b, a)));
        expect(told(mergeSessions(mergeSessions(a, b), c))).toEqual(told(mergeSessions(a, mergeSessions(b, c))));
        expect(mergeSessions(a, a)).toBe(a);
      }),
    );
  });

  it('knows and requires what either did', () => {
    fc.assert(
      fc.property(session, session, (a, b) => {
        const merged = mergeSessions(a, b);
        for (const { position } of [a, b]) {
          if (position !== null) expect(merged.position?.includes(position)).toBe(true);
        }
        expect(merged.requiresSource).toBe(a.requiresSource || b.requiresSource);
        expect(merged.issuedAtMs).toBe(Math.max(a.issuedAtMs, b.issuedAtMs));
      }),
    );
  });

  it('refuses sessions of different clusters or epochs', () => {
    expect(() => mergeSessions(blank, emptySession('orders', 2))).toThrow(MixedHistoryError);
    expect(() => mergeSessions(blank, emptySession('billing', 1))).toThrow(MixedHistoryError);
  });
});
