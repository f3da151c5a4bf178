// One scenario of `npm run faults`, as short as can be: what it does to clients is measured there, that it works is seen here.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isMet } from '../bench/finding.ts';
import { play } from '../faults/play.ts';
import { scenarios } from '../faults/scenarios.ts';
import { Stage } from '../faults/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open(undefined, { processes: 1 });
});
afterAll(() => stage?.close());

it('lets a replica fall while clients work, and nothing is lost, written twice, read too old or missing in the backup', async () => {
  const scenario = scenarios.find(({ name }) => name === 'replica-killed');
  if (scenario === undefined) throw new Error('there is no such scenario');
  const pace = { warmMs: 200, usualMs: 500, afterMs: 500 };
  const { outcome, broken, differences } = await play(stage, { ...scenario, lastsMs: 500 }, { turn: 0, seed: 1, pace });
  expect({ broken, differences }).toEqual({ broken: [], differences: [] });
  expect(outcome).toMatchObject({ lost: 0, duplicated: 0, anomalies: 0, differences: 0 });
  expect(outcome.findings.filter(({ unit, ...found }) => unit === '' && !isMet({ unit, ...found }))).toEqual([]);
  expect(outcome.measures.reads).toBeGreaterThan(0);
});
