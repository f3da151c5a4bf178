import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Results } from '../../faults/report.ts';
import { caption, table } from '../../faults/results-table.ts';
import { scenarios } from '../../faults/scenarios.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const recorded = ['mariadb', 'mysql'].map(
  (flavour) => JSON.parse(read(`test/faults/results/${flavour}.json`)) as Results,
);

describe('docs/operations.md', () => {
  it('shows what falling servers cost as it was recorded', () => {
    expect(read('docs/operations.md')).toContain(`${table(recorded)}\n\n${caption(recorded)}`);
  });

  it('leaves no scenario out', () => {
    const played = new Set(recorded.flatMap(({ outcomes }) => outcomes.map(({ scenario }) => scenario.name)));
    expect([...played].sort()).toEqual(scenarios.map(({ name }) => name).sort());
  });
});
