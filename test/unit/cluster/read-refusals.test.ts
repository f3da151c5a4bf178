import { describe, expect, it } from 'vitest';
import {
  afterRefusal,
  afterTrial,
  noRefusals,
  type ReadRefusal,
  type ReadRefusals,
  refusalTrouble,
  type TrialOutcome,
} from '../../../src/cluster/read-refusals.ts';

const ofServer: ReadRefusal = { code: 'ER_LIMIT', mayBeStatement: false, cure: 'SET GLOBAL more = 1' };
const ofEither: ReadRefusal = { code: 'ER_DISK_FULL', mayBeStatement: true, cure: null };

const refusedAt = (...times: number[]) =>
  times.reduce<ReadRefusals>((state, ms) => afterRefusal(state, ofServer, ms), noRefusals);
const refusing = (refusal: ReadRefusal, ms = 0) =>
  [ms, ms, ms].reduce<ReadRefusals>((state, at) => afterRefusal(state, refusal, at), noRefusals);

describe('refused reads', () => {
  it.each<[string, number[], boolean]>([
    ['one', [0], false],
    ['two', [0, 1], false],
    ['three at once', [0, 0, 0], true],
    ['three within a minute', [0, 30_000, 59_999], true],
    ['three in more than a minute', [0, 30_000, 60_000], false],
    ['the last three of four within a minute', [0, 30_000, 60_000, 89_999], true],
    ['many, each a minute after the other', [0, 60_000, 120_000, 180_000, 240_000], false],
  ])('%s: bypassed %s', (_, times, isRefusing) => {
    expect(refusedAt(...times).refusing !== null).toBe(isRefusing);
  });

  it('name the code and the cure of the last one, and since when', () => {
    expect(refusedAt(1, 2, 3).refusing).toEqual({ ...ofServer, sinceMs: 3, trials: 0, nextTrialMs: 1003 });
    expect(refusalTrouble(refusedAt(1, 2, 3).refusing)).toBe('answers, but refuses reads (ER_LIMIT)');
    expect(refusalTrouble(null)).toBeNull();
  });

  it('count no longer once the server is bypassed', () => {
    const state = refusing(ofServer);
    expect(afterRefusal(state, ofEither, 5)).toBe(state);
  });
});

describe('a trial', () => {
  it.each<[TrialOutcome, boolean]>([
    ['ANSWERED', false],
    ['MOOT', false],
    ['REFUSED', true],
    ['UNKNOWN', true],
  ])('that is %s leaves it bypassed: %s', (outcome, isRefusing) => {
    const after = afterTrial(refusing(ofServer), outcome, 1000);
    expect(after.refusing !== null).toBe(isRefusing);
    if (!isRefusing) expect(after).toEqual(noRefusals);
  });

  it('comes later each time, at most 30 s later', () => {
    const pauses: number[] = [];
    let state = refusing(ofServer);
    for (let turn = 0; turn < 7; turn += 1) {
      const nowMs = state.refusing?.nextTrialMs ?? Number.NaN;
      state = afterTrial(state, 'REFUSED', nowMs);
      pauses.push((state.refusing?.nextTrialMs ?? Number.NaN) - nowMs);
    }
    expect(pauses).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it.each<[string, ReadRefusal, TrialOutcome, number, boolean]>([
    ['what may be the statement, for less than five minutes', ofEither, 'REFUSED', 299_999, true],
    ['what may be the statement, after five minutes', ofEither, 'REFUSED', 300_000, false],
    ['the same, of unknown outcome', ofEither, 'UNKNOWN', 300_000, false],
    ['what is the server, after five minutes', ofServer, 'REFUSED', 300_000, true],
    ['what is the server, after a day', ofServer, 'UNKNOWN', 86_400_000, true],
  ])('of %s leaves it bypassed', (_, refusal, outcome, nowMs, isRefusing) => {
    expect(afterTrial(refusing(refusal), outcome, nowMs).refusing !== null).toBe(isRefusing);
  });

  it('of a server that is not bypassed changes nothing', () => {
    expect(afterTrial(noRefusals, 'REFUSED', 1)).toEqual(noRefusals);
  });
});
