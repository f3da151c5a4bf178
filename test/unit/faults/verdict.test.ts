import { describe, expect, it } from 'vitest';
import { isMet } from '../../bench/finding.ts';
import { operationsOf } from '../../consistency/notation.ts';
import { judgeSteadyWrites } from '../../faults/steady-verdict.ts';
import { judge } from '../../faults/verdict.ts';

const settled = { lost: 0, duplicated: 0, unsettled: 0 };
const missed = (history: string, rest: { steady?: typeof settled; differences?: string[] } = {}) => {
  const verdict = judge({ history: { operations: operationsOf(history) }, steady: settled, differences: [], ...rest });
  return verdict.findings.filter((found) => !isMet(found)).map(({ what, value }) => `${what}: ${value}`);
};

describe('the verdict over a scenario', () => {
  it('finds no fault if everything that was acknowledged is there', () => {
    expect(missed('1 create a@1\n1 update a@2\n1 update a lost\n9 final a@3')).toEqual([]);
  });

  it.each([
    ['an acknowledged order that is gone', '1 create a@1\n9 final a-', 'acknowledged orders lost: 1'],
    ['an acknowledged update that is gone', '1 create a@1\n1 update a@2\n9 final a@1', 'acknowledged orders lost: 1'],
    [
      'a write that was done twice',
      '1 create a lost key=7\n1 create b@1 key=7\n9 final a@1#7 b@1',
      'orders written twice: 1',
    ],
    ['a read that goes back', '1 create a@1\n1 update a@2\n1 read a@1\n9 final a@2', 'anomalies: 1'],
  ])('finds %s', (_, history, finding) => {
    expect(missed(history)).toContain(finding);
  });

  it('finds what steady clients lost, got twice or never heard of', () => {
    const steady = { lost: 1, duplicated: 2, unsettled: 3 };
    expect(missed('1 create a@1\n9 final a@1', { steady })).toEqual([
      'acknowledged orders lost: 1',
      'orders written twice: 2',
      'writes that their key did not settle: 3',
    ]);
  });

  it('finds a backup that differs', () => {
    expect(missed('1 create a@1\n9 final a@1', { differences: ['Order 1 MISSING'] })).toEqual([
      'records that differ in the backup: 1',
    ]);
  });
});

describe('a write of a steady client', () => {
  const write = (number: number, acknowledged: boolean) => ({ number, acknowledged, attempts: 1 });

  it('is lost when it was acknowledged and is not there', () => {
    expect(judgeSteadyWrites([write(1, true), write(2, true)], new Map([[2, 1]]))).toEqual({ ...settled, lost: 1 });
  });

  it('is there twice when its key did not hold', () => {
    expect(judgeSteadyWrites([write(1, true)], new Map([[1, 2]]))).toEqual({ ...settled, duplicated: 1 });
  });

  it('is not settled if its outcome was never reported, there or not', () => {
    expect(judgeSteadyWrites([write(1, false), write(2, false)], new Map([[2, 1]]))).toEqual({
      ...settled,
      unsettled: 2,
    });
  });
});
