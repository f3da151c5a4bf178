// A server that refuses reads, seen by a whole cluster: when it is bypassed, and by which trials it comes back.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { statusOf } from '../../../src/cluster/cluster-snapshot.ts';
import { findProblems } from '../../../src/cluster/problems/find-problems.ts';
import type { ReadRefusal, TrialOutcome } from '../../../src/cluster/read-refusals.ts';
import { servingReplicas } from '../../../src/cluster/serving-replicas.ts';
import { type ScriptedCluster, startScriptedCluster } from '../../support/scripted-cluster.ts';

const refusal: ReadRefusal = { code: 'ER_LIMIT', mayBeStatement: false, cure: 'SET GLOBAL more = 1' };

let scripted: ScriptedCluster;
let trials: { end(outcome: TrialOutcome): void }[];

beforeEach(async () => {
  scripted = await startScriptedCluster();
  trials = [];
});
afterEach(() => scripted.cluster.stop());

const trial = () =>
  new Promise<TrialOutcome>((resolve) => {
    trials.push({ end: resolve });
  });
const refuse = (node: string, times = 3) => {
  for (let time = 0; time < times; time += 1) scripted.cluster.readRefused(node, refusal, trial);
};
const state = (node: string) => statusOf(scripted.cluster.snapshot(), node)?.state;
const serving = () => servingReplicas(scripted.cluster.snapshot(), 0).map(({ node }) => node.name);
const problems = () =>
  findProblems(scripted.cluster.snapshot())
    .filter(({ code }) => code === 'READS_REFUSED')
    .map(({ node, cure }) => [node, cure]);

describe('a server that refuses reads', () => {
  it('serves on after two', async () => {
    refuse('replica-1', 2);
    await scripted.clock.tick(5000);
    expect([state('replica-1'), trials]).toEqual(['HEALTHY', []]);
  });

  it('is DEGRADED at once after three, though its probes are good, and is named', async () => {
    refuse('replica-1');
    expect(state('replica-1')).toBe('DEGRADED');
    await scripted.clock.tick(900);
    expect([state('replica-1'), serving(), problems()]).toEqual([
      'DEGRADED',
      ['replica-2'],
      [['replica-1', 'SET GLOBAL more = 1']],
    ]);
  });

  it('is tried by one read at a time', async () => {
    refuse('replica-1');
    await scripted.clock.tick(60_000);
    expect(trials).toHaveLength(1);
    trials[0]?.end('REFUSED');
    await scripted.clock.tick(1999);
    expect(trials).toHaveLength(1);
    await scripted.clock.tick(1);
    expect(trials).toHaveLength(2);
  });

  it.each<[TrialOutcome, string]>([
    ['ANSWERED', 'HEALTHY'],
    ['MOOT', 'HEALTHY'],
    ['REFUSED', 'DEGRADED'],
    ['UNKNOWN', 'DEGRADED'],
  ])('is, after a trial that is %s, %s', async (outcome, expected) => {
    refuse('replica-1');
    await scripted.clock.tick(1000);
    trials[0]?.end(outcome);
    await scripted.clock.tick(1900);
    expect([state('replica-1'), problems().length]).toEqual([expected, expected === 'HEALTHY' ? 0 : 1]);
  });

  it('that is lost meanwhile is not taken to serve when it is back', async () => {
    refuse('replica-1');
    scripted.probe('replica-1').crash();
    await scripted.clock.tick(3000);
    expect(state('replica-1')).toBe('DOWN');
    scripted.probe('replica-1').trouble = null;
    await scripted.clock.tick(3000);
    expect([state('replica-1'), serving()]).toEqual(['DEGRADED', ['replica-2']]);
  });

  it('and takes the writes goes on taking them', async () => {
    refuse('source');
    await scripted.clock.tick(500);
    expect(state('source')).toBe('DEGRADED');
    expect(statusOf(scripted.cluster.snapshot(), 'source')?.role).toBe('SOURCE');
  });

  it('is tried no more once the cluster is stopped', async () => {
    refuse('replica-1');
    await scripted.cluster.stop();
    await scripted.clock.tick(60_000);
    expect(trials).toEqual([]);
  });
});
