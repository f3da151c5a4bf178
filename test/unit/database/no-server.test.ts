import { describe, expect, it } from 'vitest';
import { OwnStatementError } from '../../../src/database/clients/own-statements.ts';
import { faultsSince } from '../../../src/database/session/faults-since.ts';
import { absentOn, noServer } from '../../../src/database/session/no-server.ts';
import { LimitedFunctionalityError } from '../../../src/routing/errors.ts';
import type { DriverFault } from '../../../src/servers/driver-fault.ts';

const coded = (code: unknown) => Object.assign(new Error('told by Prisma'), { code });

describe('what every server refuses', () => {
  it('is told as what the whole lacks, with what was said', () => {
    const cause = new Error('no');
    const error = noServer(cause);
    expect(error).toBeInstanceOf(LimitedFunctionalityError);
    expect(error).toMatchObject({ cause, facts: { retryAfterMs: 1000 }, retryable: true });
  });
});

describe('a table that is not there', () => {
  const statement = { sql: 'SELECT 1', values: [] };
  it.each<[string, unknown]>([
    ['P1003', coded('P1003')],
    ['P2021', coded('P2021')],
    ['P2022', coded('P2022')],
    ['a statement of our own', new OwnStatementError(new Error('no such table'), statement)],
  ])('is what the application needs, when %s misses it', (_, cause) => {
    expect(absentOn(cause)).toBeInstanceOf(LimitedFunctionalityError);
    expect(absentOn(cause)).toMatchObject({ cause, facts: { problem: 'NOT_MIGRATED', retryAfterMs: 1000 } });
  });

  it.each<[string, unknown]>([
    ['another code', coded('P2010')],
    ['a code that is a number', coded(2021)],
    ['no code', new Error('no')],
    ['what is no error', { code: 'P2021' }],
    ['nothing', null],
  ])('may be the fault of the statement, with %s', (_, error) => {
    expect(absentOn(error)).toBe(error);
  });
});

describe('a fault that a pool has met', () => {
  const watched = [
    'CONNECTION',
    'EXHAUSTED',
    'LOCK_TIMEOUT',
    'STATEMENT_TIMEOUT',
    'VALUE',
    'UNABLE',
    'CHANGED',
    'ABSENT',
  ] as const;
  it.each(watched)('since then is told by its name alone: %s', (fault) => {
    const counts = new Map<DriverFault, number>(watched.map((name, index) => [name, index]));
    const hasMet = faultsSince({ faultsMet: (name) => counts.get(name) ?? 0 });
    expect(watched.filter(hasMet)).toEqual([]);
    counts.set(fault, (counts.get(fault) ?? 0) + 1);
    expect(watched.filter(hasMet)).toEqual([fault]);
  });
});
