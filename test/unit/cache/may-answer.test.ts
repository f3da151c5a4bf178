import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type InvalidationMarks, isStorm, stormGraceMs } from '../../../src/cache/invalidation-marks.ts';
import { cacheRequestFor, graceMs, mayAnswer } from '../../../src/cache/may-answer.ts';
import { type ConsistencyLevel, consistencyLevels } from '../../../src/consistency/levels.ts';
import type { Position } from '../../../src/consistency/position.ts';
import { emptySession, requireSource, type Session } from '../../../src/consistency/session.ts';
import { requirementFor } from '../../../src/consistency/session-guarantee.ts';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';
import { mariadbPosition, mysqlPosition } from '../consistency/arbitrary-positions.ts';

const at = (text: string) => MariadbGtidPosition.parse(text);
const marksAt = (...marks: readonly (readonly [string, number])[]): InvalidationMarks => ({
  version: 'v',
  marks: marks.map(([text, atMs]) => ({ position: at(text), atMs })),
});
const quiet = marksAt();
const session = (position: Position | null): Session => ({ ...emptySession('orders', 1), position });
const unbounded = { wanted: false, position: null };
const nowMs = 10_000;
const asked = (level: ConsistencyLevel, session: Session, bound: Parameters<typeof cacheRequestFor>[2]) =>
  cacheRequestFor(
    requirementFor({ level, whenBehind: 'WAIT', waitMs: 0, maxStalenessMs: null }, session),
    session.epoch,
    bound,
  );

describe('an answer at 0-1-10', () => {
  const answer = { epoch: 1, includes: at('0-1-10') };
  it.each([
    ['answers a client without a past', null, quiet, 'FRESH'],
    ['answers a client that has seen less', '0-1-9', quiet, 'FRESH'],
    ['answers a client that has seen as much', '0-1-10', quiet, 'FRESH'],
    ['does not answer a client that has written since', '0-1-11', quiet, 'BEHIND'],
    ['does not answer a client that has seen another domain', '0-1-9,5-1-1', quiet, 'BEHIND'],
    ['is as good as new when it has what was written', null, marksAt(['0-1-10', nowMs - 1]), 'FRESH'],
    ['is late at once when something else is written', null, marksAt(['0-1-11', nowMs]), 'LATE'],
    ['is late for a moment', '0-1-10', marksAt(['0-1-11', nowMs - graceMs]), 'LATE'],
    ['is outdated after it', '0-1-10', marksAt(['0-1-11', nowMs - graceMs - 1]), 'OUTDATED'],
    [
      'is late for longer in a storm of writes',
      null,
      marksAt(['0-1-11', nowMs - stormGraceMs], ['0-1-12', nowMs - 400], ['0-1-13', nowMs - 200], ['0-1-14', nowMs]),
      'LATE',
    ],
    [
      'is outdated in a storm, too',
      null,
      marksAt(
        ['0-1-11', nowMs - stormGraceMs - 1],
        ['0-1-12', nowMs - 400],
        ['0-1-13', nowMs - 200],
        ['0-1-14', nowMs],
      ),
      'OUTDATED',
    ],
    [
      'counts from the first write that it lacks',
      null,
      marksAt(['0-1-9', 0], ['0-1-11', 5], ['0-1-12', nowMs]),
      'OUTDATED',
    ],
    ['is behind the writer also in that moment', '0-1-11', marksAt(['0-1-11', nowMs]), 'BEHIND'],
  ] as const)('%s', (_, required, written, verdict) => {
    const request = { epoch: 1, position: required === null ? null : at(required) };
    expect(mayAnswer(answer, request, written, nowMs)).toBe(verdict);
  });

  it('is none in another epoch, whatever its numbers', () => {
    expect(mayAnswer(answer, { epoch: 2, position: null }, quiet, nowMs)).toBe('OTHER_EPOCH');
  });
});

describe('whatever the positions are', () => {
  const flavours = [mariadbPosition, mysqlPosition] as const;
  it.each([0, 1] as const)('no client gets less than it has seen (%i)', (index) => {
    const position: fc.Arbitrary<Position> = flavours[index];
    const mark = fc.record({ position, atMs: fc.nat(20_000) });
    fc.assert(
      fc.property(position, fc.option(position), fc.array(mark), fc.nat(20_000), (includes, required, marks, now) => {
        const written = { version: 'v', marks };
        const verdict = mayAnswer({ epoch: 1, includes }, { epoch: 1, position: required }, written, now);
        const serves = verdict === 'FRESH' || verdict === 'LATE';
        if (serves && required !== null) expect(includes.includes(required)).toBe(true);
        const lacked = marks.filter((each) => !includes.includes(each.position));
        if (verdict === 'FRESH') expect(lacked).toEqual([]);
        const grace = isStorm(written, now) ? stormGraceMs : graceMs;
        if (verdict === 'LATE') expect(now - (lacked[0]?.atMs ?? Number.NaN)).toBeLessThanOrEqual(grace);
      }),
    );
  });

  it('an answer that has seen more serves every client that the other one serves', () => {
    fc.assert(
      fc.property(mysqlPosition, mysqlPosition, fc.option(mysqlPosition), (includes, more, required) => {
        const request = { epoch: 1, position: required };
        if (mayAnswer({ epoch: 1, includes }, request, quiet, nowMs) !== 'FRESH') return;
        expect(mayAnswer({ epoch: 1, includes: includes.merge(more) }, request, quiet, nowMs)).toBe('FRESH');
      }),
    );
  });
});

describe('what each level asks of the cache', () => {
  const seen = at('0-1-5');
  it.each([
    ['EVENTUAL', null],
    ['BOUNDED', null],
    ['SESSION', seen],
  ] as const)('%s', (level, position) => {
    expect(asked(level, session(seen), unbounded)).toEqual({ epoch: 1, position });
  });

  it('STRONG is never answered', () => {
    expect(asked('STRONG', session(null), unbounded)).toBeNull();
  });

  it('a session that only the source knows is not answered, at any level that keeps promises', () => {
    const unknown = requireSource(session(seen));
    const asking = consistencyLevels.filter((level) => asked(level, unknown, unbounded) !== null);
    expect(asking).toEqual(['EVENTUAL', 'BOUNDED']);
  });

  it('a bound must be proved by a position', () => {
    const proved = { wanted: true, position: at('0-1-7') };
    expect(asked('BOUNDED', session(seen), proved)).toEqual({ epoch: 1, position: at('0-1-7') });
    expect(asked('SESSION', session(at('1-1-2')), proved)?.position?.format()).toBe('0-1-7,1-1-2');
    expect(asked('SESSION', session(null), proved)?.position?.format()).toBe('0-1-7');
    expect(asked('BOUNDED', session(seen), { wanted: true, position: null })).toBeNull();
  });
});
