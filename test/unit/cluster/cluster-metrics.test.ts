import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clusterEventNames } from '../../../src/cluster/cluster-event.ts';
import { measureCluster } from '../../../src/cluster/cluster-metrics.ts';
import { problemCodes } from '../../../src/cluster/problem.ts';
import type { EpochHistory } from '../../../src/consistency/epoch.ts';
import { RecordedMetrics } from '../../support/recorded-metrics.ts';
import { type ScriptedCluster, startScriptedCluster } from '../../support/scripted-cluster.ts';
import { at } from '../../support/scripted-probe.ts';

let scripted: ScriptedCluster;
let metrics: RecordedMetrics;
let epochs: EpochHistory;

beforeEach(async () => {
  scripted = await startScriptedCluster(['source', 'replica-1']);
  metrics = new RecordedMetrics();
  epochs = [];
  measureCluster(scripted.cluster, { metrics, clock: scripted.clock, epochs: () => epochs });
});
afterEach(() => scripted.cluster.stop());

const ones = async (name: string) => (await metrics.read(name)).filter((line) => line.endsWith(' 1'));

describe('while all is well', () => {
  it.each<[string, readonly string[]]>([
    ['tidemark_node_state', ['source HEALTHY 1', 'replica-1 HEALTHY 1']],
    ['tidemark_node_breaker_state', ['source CLOSED 1', 'replica-1 CLOSED 1']],
    ['tidemark_node_role', ['source SOURCE 1', 'replica-1 REPLICA 1']],
    ['tidemark_cluster_ready', ['reads 1', 'writes 1']],
    ['tidemark_cluster_problems', []],
  ])('%s is 1 for %j', async (name, expected) => {
    expect(await ones(name)).toEqual(expected);
  });

  it('tells each state, role and breaker of each node', async () => {
    for (const [name, each] of [
      ['tidemark_node_state', 4],
      ['tidemark_node_breaker_state', 3],
      ['tidemark_node_role', 3],
    ] as const) {
      const samples = await metrics.read(name);
      expect(samples).toHaveLength(2 * each);
      expect(samples.filter((line) => line.endsWith(' 0'))).toHaveLength(2 * (each - 1));
    }
  });
});

describe('of a replica that is late', () => {
  beforeEach(async () => {
    scripted.probe('source').apply(at(9));
    scripted.probe('replica-1').report = { identity: 'replica-1', lagMs: 3000 };
    await scripted.clock.tick(1000);
  });

  it('tells seconds and transactions, of it alone', async () => {
    expect(await metrics.read('tidemark_node_lag_seconds')).toEqual(['replica-1 3']);
    expect(await metrics.read('tidemark_node_lag_transactions')).toEqual(['replica-1 8']);
  });

  it('tells how long ago each was seen, in seconds', async () => {
    const before = (await metrics.read('tidemark_node_position_age_seconds')).map((line) => Number(line.split(' ')[1]));
    expect(before).toHaveLength(2);
    scripted.probe('replica-1').held = new Promise(() => undefined);
    scripted.probe('source').held = new Promise(() => undefined);
    await scripted.clock.tick(300);
    const after = (await metrics.read('tidemark_node_position_age_seconds')).map((line) => Number(line.split(' ')[1]));
    for (const [index, age] of after.entries()) expect(age - (before[index] ?? 0)).toBeCloseTo(0.3);
  });
});

it('of a server that is gone tells that it is, and nothing of what it said', async () => {
  scripted.probe('source').crash();
  await scripted.clock.tick(1000);
  expect(await ones('tidemark_node_state')).toContain('source DOWN 1');
  expect(await ones('tidemark_node_breaker_state')).toContain('source OPEN 1');
  expect((await ones('tidemark_node_role')).filter((line) => line.startsWith('source'))).toEqual([]);
  expect(await metrics.read('tidemark_cluster_ready')).toEqual(['reads 1', 'writes 0']);
});

it('tells problems by their codes, each that there is', async () => {
  const settings = { schema: 'orders', variables: { gtid_mode: 'OFF' }, channels: [] };
  scripted.probe('source').report = { identity: 'source', settings };
  await scripted.clock.tick(3000);
  const samples = await metrics.read('tidemark_cluster_problems');
  expect(samples).toHaveLength(Object.keys(problemCodes).length);
  expect(samples.filter((line) => !line.endsWith(' 0'))).toEqual(['GTID_MODE_OFF 1', 'SETTINGS_UNKNOWN 1']);
});

it('reports each guarantee on each node, and 0 if it is unknown', async () => {
  const samples = await metrics.read('tidemark_node_guarantee');
  expect(samples).toContain('source READ_YOUR_WRITES 1');
  expect(samples).toContain('source ACKNOWLEDGED_BEFORE_SHOWN 0');
});

it('tells the epoch once one is known', async () => {
  expect(await metrics.read('tidemark_cluster_epoch')).toEqual([]);
  epochs = [{ epoch: 4, sourceId: 's', endOfPrevious: null }];
  expect(await metrics.read('tidemark_cluster_epoch')).toEqual(['4']);
});

it('counts what happens by its name', () => {
  scripted.cluster.events.publish({ name: 'CACHE_RESTORED', node: null, facts: {} });
  expect(metrics.counted).toEqual(['tidemark_cluster_events_total CACHE_RESTORED 1']);
});

it('has all values declared', () => {
  const node = ['source', 'replica-1'];
  expect(Object.fromEntries(metrics.declared)).toEqual({
    tidemark_node_state: { node, state: ['HEALTHY', 'DEGRADED', 'DOWN', 'UNKNOWN'] },
    tidemark_node_breaker_state: { node, state: ['CLOSED', 'HALF_OPEN', 'OPEN'] },
    tidemark_node_role: { node, role: ['SOURCE', 'REPLICA', 'BACKUP'] },
    tidemark_node_lag_seconds: { node },
    tidemark_node_lag_transactions: { node },
    tidemark_node_position_age_seconds: { node },
    tidemark_cluster_ready: { use: ['reads', 'writes'] },
    tidemark_cluster_problems: { code: Object.keys(problemCodes) },
    tidemark_node_guarantee: { node, guarantee: expect.arrayContaining(['READ_YOUR_WRITES', 'HISTORY_JUDGED']) },
    tidemark_cluster_epoch: {},
    tidemark_cluster_events_total: { event: clusterEventNames },
  });
});
