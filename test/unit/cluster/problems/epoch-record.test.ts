import { describe, expect, it } from 'vitest';
import { isSameTrouble } from '../../../../src/cluster/epoch-trouble.ts';
import { findProblems } from '../../../../src/cluster/problems/find-problems.ts';
import type { ServingFault } from '../../../../src/cluster/serving.ts';
import type { EpochHistory } from '../../../../src/consistency/epoch.ts';
import { replica, source } from './seen.ts';

const upTo = (epoch: number): EpochHistory =>
  Array.from({ length: epoch }, (_, index) => ({ epoch: index + 1, sourceId: '', endOfPrevious: null }));
const trouble = (kind: ServingFault['kind'], { code = null, cure = null, epoch = 1 }: Partial<Given> = {}) => ({
  epoch,
  fault: { kind, table: 'cluster_epochs', code, cure },
});
type Given = { readonly code: string | null; readonly cure: string | null; readonly epoch: number };

const noted = (epochTrouble: ReturnType<typeof trouble>, epochs = upTo(1)) => {
  const report = { epochs };
  return findProblems([{ ...source({ report }), epochTrouble }, replica({ report })]);
};

describe('an epoch that could not be recorded', () => {
  it.each<[why: string, given: ReturnType<typeof trouble>, message: RegExp, cure: RegExp]>([
    [
      'for a right',
      trouble('RIGHT_MISSING', { code: 'ER_1142', cure: 'GRANT SELECT' }),
      /recorded: the account may not write cluster_epochs \(ER_1142\)$/,
      /^GRANT SELECT$/,
    ],
    [
      'for a table that is not there',
      trouble('TABLE_MISSING', { code: 'ER_1146' }),
      /it has no table cluster_epochs as this version needs it \(ER_1146\)$/,
      /^restore cluster_epochs with the rows that a replica has$/,
    ],
    [
      'for a table that is broken',
      trouble('TABLE_BROKEN', { code: 'ER_1034' }),
      /it cannot write cluster_epochs \(ER_1034\)$/,
      /^restore cluster_epochs .*\(CHECK TABLE cluster_epochs\)$/,
    ],
    [
      'for what the server says itself',
      trouble('TABLE_BROKEN', { cure: 'free some space' }),
      /\S$/,
      /^free some space$/,
    ],
    ['for a lock', trouble('TABLE_SILENT'), /it answers, but writes to cluster_epochs hang$/, /SHOW PROCESSLIST/],
  ])('%s is named, with what cures that', (_, given, message, cure) => {
    const [problem, ...others] = noted(given);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'EPOCH_NOT_RECORDED', node: 'source' });
    expect(problem?.message).toMatch(message);
    expect(problem?.cure).toMatch(cure);
  });

  it.each([
    [1, 2, 0],
    [2, 2, 1],
    [3, 2, 1],
  ])('behind epoch %d is none where epoch %d is on record: %d', (epoch, recorded, problems) => {
    expect(noted(trouble('RIGHT_MISSING', { epoch }), upTo(recorded))).toHaveLength(problems);
  });

  it.each([
    ['is the same', trouble('TABLE_BROKEN', { code: 'X' }), true],
    ['has another code', trouble('TABLE_BROKEN', { code: 'Y' }), false],
    ['has another kind', trouble('TABLE_SILENT', { code: 'X' }), false],
    ['is of another epoch', trouble('TABLE_BROKEN', { code: 'X', epoch: 2 }), false],
    ['is none any more', null, false],
  ])('is noted again when it %s: %s', (_, now, isSame) => {
    const before = trouble('TABLE_BROKEN', { code: 'X' });
    expect([isSameTrouble(before, now), isSameTrouble(now, before)]).toEqual([isSame, isSame]);
    expect(isSameTrouble(null, null)).toBe(true);
  });
});
