import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ClusterSnapshot,
  describeStatus,
  statusOf,
  writableSource,
} from '../../../src/cluster/cluster-snapshot.ts';
import { type ScriptedCluster, startScriptedCluster } from '../../support/scripted-cluster.ts';
import { at } from '../../support/scripted-probe.ts';

let scripted: ScriptedCluster;
beforeEach(async () => {
  scripted = await startScriptedCluster();
});
afterEach(() => scripted.cluster.stop());

const status = (name: string) => {
  const found = statusOf(scripted.cluster.snapshot(), name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

describe('a cluster', () => {
  it('has seen every node once it has started', () => {
    expect(scripted.cluster.snapshot().map(describeStatus)).toEqual([
      'source HEALTHY',
      'replica-1 HEALTHY',
      'replica-2 HEALTHY',
    ]);
  });

  it('looks at once at a node that has lost a connection, and makes nothing of it when the node is there', async () => {
    const { cluster, clock, probe } = scripted;
    const told: string[] = [];
    cluster.events.subscribe(({ name }) => told.push(name));
    cluster.connectionLost('replica-1', 'lost the connection');
    expect(status('replica-1')).toMatchObject({ state: 'HEALTHY', position: null });
    const settled = cluster.settled('replica-1');
    const { looks } = probe('replica-1');
    await clock.tick(0);
    expect(probe('replica-1').looks).toBe(looks + 1);
    expect(status('replica-1')).toMatchObject({ state: 'HEALTHY', position: at(1) });
    expect(await settled).toBe(true);
    expect(told).toEqual([]);
  });

  it('has a node down with the first look that fails after a connection was lost', async () => {
    const { cluster, clock, probe } = scripted;
    probe('replica-1').crash();
    const settled = cluster.settled('replica-1');
    await clock.tick(0);
    expect(status('replica-1')).toMatchObject({ state: 'DOWN', position: null });
    expect(await settled).toBe(false);
  });

  it('has a silent node down at once, and looks at it', async () => {
    const { cluster, clock } = scripted;
    cluster.silent('replica-1', 'does not answer');
    expect(status('replica-1')).toMatchObject({ state: 'DOWN', position: null });
    await clock.tick(0);
    expect(status('replica-1').state).toBe('HEALTHY');
    expect(status('replica-2').state).toBe('HEALTHY');
  });

  it('wants a node that has crashed to prove itself when it is back', async () => {
    const { clock, probe } = scripted;
    probe('source').crash();
    await clock.tick(1000);
    expect(describeStatus(status('source'))).toBe('source DOWN (lost the connection)');
    expect(writableSource(scripted.cluster.snapshot())).toBeUndefined();
    probe('source').trouble = null;
    await clock.tick(250);
    expect(status('source').state).toBe('DOWN');
    await clock.tick(250);
    expect(status('source').state).toBe('HEALTHY');
  });

  it('sees a hung node within a second and a half, though looks are a second apart', async () => {
    const { clock, probe } = scripted;
    probe('replica-1').trouble = new Error('does not answer');
    await clock.tick(1000 + 250);
    expect(status('replica-1').state).toBe('DOWN');
  });

  it('does not believe a position that was read before the node was lost', async () => {
    const { cluster, clock, probe } = scripted;
    const replica = probe('replica-1');
    for (const each of [probe('source'), replica]) each.apply(at(9));
    replica.held = clock.sleep(100);
    const read = cluster.tracker('replica-1').observe();
    cluster.connectionLost('replica-1', 'lost the connection');
    replica.position = at(3);
    await clock.tick(100);
    await read;
    expect(status('replica-1')).toMatchObject({ state: 'HEALTHY', position: at(3) });
  });

  it('learns positions between looks from those who read them', async () => {
    const { cluster, probe } = scripted;
    probe('replica-1').apply(at(8));
    expect(cluster.tracker('replica-1').includes(at(8))).toBe(false);
    await cluster.tracker('replica-1').observe();
    expect(cluster.tracker('replica-1').includes(at(8))).toBe(true);
  });

  it('looks at nothing again when it is told not to, until a connection is lost, and then until all is well', async () => {
    const { cluster, clock, probe } = await startScriptedCluster(undefined, { intervalMs: 'off' });
    await clock.tick(3_600_000);
    expect(probe('replica-1').looks).toBe(1);
    probe('replica-1').crash();
    await clock.tick(1000);
    expect(statusOf(cluster.snapshot(), 'replica-1')?.state).toBe('DOWN');
    probe('replica-1').trouble = null;
    await clock.tick(1000);
    expect(statusOf(cluster.snapshot(), 'replica-1')?.state).toBe('HEALTHY');
    const { looks } = probe('replica-1');
    await clock.tick(3_600_000);
    expect(probe('replica-1').looks).toBe(looks);
    expect(probe('replica-2').looks).toBe(1);
    await cluster.stop();
    expect(clock.timers).toBe(0);
  });

  it('follows the writes to whoever is writable', async () => {
    const { cluster, clock, probe } = scripted;
    probe('source').report = { identity: 'source', readOnly: true };
    probe('replica-2').report = { identity: 'replica-2', readOnly: false, applier: 'NONE' };
    await clock.tick(1000);
    expect(writableSource(cluster.snapshot())?.node.name).toBe('replica-2');
  });

  it.each<[string, (scripted: ScriptedCluster) => void]>([
    ['refuses writes', ({ probe }) => void Object.assign(probe('source'), { report: { readOnly: true } })],
    ['has crashed', ({ probe }) => probe('source').crash()],
    ['hangs', ({ probe }) => void Object.assign(probe('source'), { trouble: new Error('does not answer') })],
  ])('notices a promotion at the second look at the promoted server, when the old source %s', async (_, end) => {
    const { cluster, clock, probe } = scripted;
    await clock.tick(5000);
    const promoted = probe('replica-2');
    const { looks } = promoted;
    end(scripted);
    promoted.report = { identity: 'replica-2', readOnly: false, applier: 'NONE' };
    const source = () => writableSource(cluster.snapshot())?.node.name;
    while (source() !== 'replica-2' && promoted.looks < looks + 5) await clock.tick(10);
    expect(source()).toBe('replica-2');
    expect(promoted.looks - looks).toBeLessThanOrEqual(2);
  });

  it('tells every listener, also after one that breaks', async () => {
    const { cluster, clock, probe } = scripted;
    const told: ClusterSnapshot[] = [];
    cluster.subscribe(() => {
      throw new Error('a listener broke');
    });
    const end = cluster.subscribe((snapshot) => told.push(snapshot));
    for (const name of ['source', 'replica-1']) probe(name).apply(at(8));
    await clock.tick(1000);
    expect(told.length).toBeGreaterThan(0);
    expect(cluster.snapshot().map(({ state }) => state)).toEqual(['HEALTHY', 'HEALTHY', 'HEALTHY']);
    end();
    const { length } = told;
    await clock.tick(1000);
    expect(told).toHaveLength(length);
  });

  it('leaves snapshots as they were when they were taken', async () => {
    const { cluster, clock, probe } = scripted;
    const before = cluster.snapshot();
    probe('replica-1').crash();
    await clock.tick(0);
    expect(before.map(({ state }) => state)).toEqual(['HEALTHY', 'HEALTHY', 'HEALTHY']);
  });

  it('ends waits, timers and connections when it stops', async () => {
    const { cluster, clock, probe } = scripted;
    const wait = cluster.tracker('replica-1').waitFor(at(99), 10_000);
    await clock.tick(5);
    await cluster.stop();
    expect(await wait).toBe('UNREACHABLE');
    await clock.tick(100);
    expect(clock.timers).toBe(0);
    expect(['source', 'replica-1', 'replica-2'].every((name) => probe(name).closed)).toBe(true);
  });
});
