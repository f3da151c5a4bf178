import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type NodeStatus, unseen } from '../../../src/cluster/node-status.ts';
import type { EpochHistory } from '../../../src/consistency/epoch.ts';
import { emptySession } from '../../../src/consistency/session.ts';
import { KnownEpochs } from '../../../src/database/engine/known-epochs.ts';
import { type ScriptedCluster, startScriptedCluster } from '../../support/scripted-cluster.ts';
import { at, makeNode, makeReport } from '../../support/scripted-probe.ts';

const upTo = (epoch: number): EpochHistory =>
  Array.from({ length: epoch }, (_, index) => ({ epoch: index + 1, sourceId: '', endOfPrevious: null }));
const seen = (name: string, epochs: EpochHistory | null, given: Partial<NodeStatus> = {}): NodeStatus => ({
  ...unseen(makeNode(name)),
  report: makeReport('REPLICA', { epochs }),
  ...given,
});

describe('the promotions that are known', () => {
  it.each<[what: string, probes: readonly (readonly NodeStatus[])[], epoch: number | null]>([
    ['none before a server was seen', [[unseen(makeNode('source'))]], null],
    ['one epoch if no server keeps a record', [[seen('source', null)]], 1],
    ['one epoch where the record is empty', [[seen('source', [])]], 1],
    [
      'the longest record, whichever server has it',
      [[seen('source', upTo(1)), seen('a', upTo(3)), seen('b', upTo(2))]],
      3,
    ],
    ['not what a backup has', [[seen('source', upTo(1)), seen('backup', upTo(9), { role: 'BACKUP' })]], 1],
    ['what was known, when only shorter records are left', [[seen('source', upTo(3))], [seen('source', upTo(2))]], 3],
    ['what was known, when none is left', [[seen('source', upTo(3))], [seen('source', null)], []], 3],
    ['what is added', [[seen('source', upTo(3))], [seen('source', upTo(4))]], 4],
  ])('are %s', (_, probes, epoch) => {
    const epochs = new KnownEpochs(null);
    for (const probe of probes) epochs.learn(probe);
    expect(epochs.current).toBe(epoch);
    expect(epochs.history).toEqual(epoch === null ? [] : upTo(epoch));
  });

  it('are recorded by others, where this process does not write', async () => {
    const epochs = new KnownEpochs(null);
    epochs.learn([seen('source', upTo(1), { tookWrites: true })]);
    epochs.goneBack({ before: at(9), epoch: 1, now: at(5) });
    epochs.lost(emptySession('orders', 1));
    expect([epochs.isPending, epochs.recorded()]).toEqual([false, null]);
    epochs.close();
  });
});

describe('where this process records them', () => {
  let scripted: ScriptedCluster;
  let epochs: KnownEpochs;
  const asked: string[] = [];
  beforeEach(async () => {
    asked.length = 0;
    scripted = await startScriptedCluster(['source']);
    const { cluster, clock, probe } = scripted;
    probe('source').report = { identity: '1@here:1', epochs: upTo(1) };
    await clock.tick(1000);
    const addressOf = (node: string) => {
      asked.push(node);
      throw new Error('no server is asked here');
    };
    epochs = new KnownEpochs({ cluster, clock, addressOf, random: () => 1 });
    epochs.learn(cluster.snapshot());
  });
  afterEach(async () => {
    epochs.close();
    await scripted.cluster.stop();
  });
  const goneBack = { before: at(9), epoch: 1, now: at(5) };

  it('nothing is recorded while the history goes on', () => {
    expect([epochs.isPending, epochs.recorded(), asked]).toEqual([false, null, []]);
  });

  it('a source that has gone back is, and no position says more until that is known', async () => {
    epochs.goneBack(goneBack);
    expect(epochs.isPending).toBe(true);
    const recorded = epochs.recorded();
    expect(recorded).not.toBeNull();
    epochs.learn([seen('source', upTo(2))]);
    expect(epochs.isPending).toBe(false);
    await scripted.clock.tick(10);
    await recorded;
    expect(asked).toContain('source');
  });

  it('a write that its own epoch has lost is', async () => {
    epochs.lost({ ...emptySession('orders', 1), position: at(9) });
    await scripted.clock.tick(1);
    expect(asked).toContain('source');
  });

  it('is tried again at growing intervals, five seconds at most', async () => {
    epochs.goneBack(goneBack);
    const triedAtMs: number[] = [];
    for (let ms = 0; ms < 25_000; ms += 100) {
      while (triedAtMs.length < asked.length) triedAtMs.push(ms);
      await scripted.clock.tick(100);
    }
    const pausesMs = triedAtMs.slice(1).map((ms, index) => ms - (triedAtMs[index] ?? 0));
    expect(pausesMs).toEqual([200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
  });

  it('is tried at once for another history, however often it has failed before', async () => {
    epochs.goneBack(goneBack);
    await scripted.clock.tick(6000);
    scripted.probe('source').report = { identity: '1@here:2', epochs: upTo(1) };
    await scripted.clock.tick(1000);
    const before = asked.length;
    epochs.goneBack(goneBack);
    await scripted.clock.tick(300);
    expect(asked.length - before).toBe(2);
  });

  it('waits while its server is not the source, and is tried when it is again', async () => {
    const { probe, clock, cluster } = scripted;
    epochs.goneBack(goneBack);
    probe('source').crash();
    await clock.tick(1000);
    const before = asked.length;
    await clock.tick(20_000);
    expect(asked).toHaveLength(before);
    probe('source').trouble = null;
    await clock.tick(10_000);
    expect(cluster.snapshot()[0]?.state).toBe('HEALTHY');
    expect(asked.length).toBeGreaterThan(before);
  });

  it('nothing is any more, once it is closed', async () => {
    epochs.close();
    epochs.goneBack(goneBack);
    await scripted.clock.tick(10_000);
    expect([epochs.recorded(), asked]).toEqual([null, []]);
  });
});
