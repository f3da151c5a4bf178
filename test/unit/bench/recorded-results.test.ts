import { describe, expect, it } from 'vitest';
import { mergedResults } from '../../bench/recorded-results.ts';
import type { BenchResult, Results } from '../../bench/report.ts';

const result = (name: string, value: number): BenchResult => ({
  name,
  title: name,
  measuredAt: '2026-11-01T00:00:00.000Z',
  machine: { cpu: 'a', cores: 2, memoryGb: 8, system: 'b', node: '20' },
  serverVersion: '1',
  settings: { seconds: 1, concurrency: 1, seed: 1, orders: 1 },
  findings: [{ what: 'it', value, unit: 'x', spread: null, bar: { atLeast: 1 } }],
  details: {},
});
const results = (...benches: BenchResult[]): Results => ({ flavour: 'mariadb', met: true, benches });

describe('a file of results', () => {
  const names = ['first', 'second', 'third'];
  const valuesOf = ({ benches }: Results) => benches.map(({ name, findings }) => [name, findings[0]?.value]);

  it('keeps what did not run, in the order of the benches', () => {
    const merged = mergedResults(results(result('third', 3), result('first', 1)), results(result('second', 2)), names);
    expect(valuesOf(merged)).toEqual([
      ['first', 1],
      ['second', 2],
      ['third', 3],
    ]);
  });

  it('takes the newer of two', () => {
    const merged = mergedResults(results(result('first', 1)), results(result('first', 2)), names);
    expect(valuesOf(merged)).toEqual([['first', 2]]);
  });

  it('forgets a bench that there is no more', () => {
    expect(valuesOf(mergedResults(results(result('gone', 1)), results(), names))).toEqual([]);
  });

  it('says that a bar is missed when one of either is', () => {
    expect(mergedResults(results(result('first', 0)), results(result('second', 2)), names).met).toBe(false);
    expect(mergedResults(results(result('first', 1)), results(result('second', 2)), names).met).toBe(true);
  });

  it('takes no results of other servers', () => {
    const others: Results = { ...results(), flavour: 'mysql' };
    expect(() => mergedResults(others, results(), names)).toThrow('of mysql');
  });
});
