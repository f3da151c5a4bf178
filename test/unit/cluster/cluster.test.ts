import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ClusterSnapshot,
  describeStatus,
  statusOf,
  writableSource,
} from '../../../src/cluster/cluster-snapshot.ts';
import { parsePosition } from '../../support/positions.ts';
import { makeScriptedCluster, type ScriptedCluster, startScriptedCluster } from '../../support/scripted-cluster.ts';
import { at, makeNode } from '../../support/scripted-probe.ts';

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

  it('probes a node immediately that has lost a connection, and makes nothing of it when the node is there', async () => {
    const { cluster, clock, probe } = scripted;
    const told: string[] = [];
    cluster.events.subscribe(({ name }) => told.push(name));
    cluster.connectionLost('replica-1', 'lost the connection');
    expect(status('replica-1')).toMatchObject({ state: 'HEALTHY', position: null });
    const settled = cluster.settled('replica-1');
    const { probes } = probe('replica-1');
    await clock.tick(0);
    expect(probe('replica-1').probes).toBe(probes + 1);
    expect(status('replica-1')).toMatchObject({ state: 'HEALTHY', position: at(1) });
    expect(await settled).toBe(true);
    expect(told).toEqual([]);
  });

  it('has a node down with the first probe that fails after a connection was lost', async () => {
    const { cluster, clock, probe } = scripted;
    probe('replica-1').crash();
    const settled = cluster.settled('replica-1');
    await clock.tick(0);
    expect(status('replica-1')).toMatchObject({ state: 'DOWN', position: null });
    expect(await settled).toBe(false);
  });

  it('has a silent node down at once, and probes it', async () => {
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

  it('sees a hung node within a second and a half, though probes are a second apart', async () => {
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

  it('learns positions between probes from those who read them', async () => {
    const { cluster, probe } = scripted;
    probe('replica-1').apply(at(8));
    expect(cluster.tracker('replica-1').includes(at(8))).toBe(false);
    await cluster.tracker('replica-1').observe();
    expect(cluster.tracker('replica-1').includes(at(8))).toBe(true);
  });

  it('probes nothing again when it is told not to, until a connection is lost, and then until all is well', async () => {
    const { cluster, clock, probe } = await startScriptedCluster(undefined, { intervalMs: 'off' });
    await clock.tick(3_600_000);
    expect(probe('replica-1').probes).toBe(1);
    probe('replica-1').crash();
    await clock.tick(1000);
    expect(statusOf(cluster.snapshot(), 'replica-1')?.state).toBe('DOWN');
    probe('replica-1').trouble = null;
    await clock.tick(1000);
    expect(statusOf(cluster.snapshot(), 'replica-1')?.state).toBe('HEALTHY');
    const { probes } = probe('replica-1');
    await clock.tick(3_600_000);
    expect(probe('replica-1').probes).toBe(probes);
    expect(probe('replica-2').probes).toBe(1);
    await cluster.stop();
    expect(clock.timers).toBe(0);
  });

  it('follows the writes to the writable server', async () => {
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
  ])('notices a promotion at the second probe of the promoted server, when the old source %s', async (_, end) => {
    const { cluster, clock, probe } = scripted;
    await clock.tick(5000);
    const promoted = probe('replica-2');
    const { probes } = promoted;
    end(scripted);
    promoted.report = { identity: 'replica-2', readOnly: false, applier: 'NONE' };
    const source = () => writableSource(cluster.snapshot())?.node.name;
    while (source() !== 'replica-2' && promoted.probes < probes + 5) await clock.tick(10);
    expect(source()).toBe('replica-2');
    expect(promoted.probes - probes).toBeLessThanOrEqual(2);
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

describe('the start of a cluster', () => {
  const never = new Promise<void>(() => undefined);
  /** Whether the start is over, once all that needs no time has happened. */
  async function started(given: ScriptedCluster): Promise<() => boolean> {
    let isOver = false;
    void given.cluster.start().then(() => {
      isOver = true;
    });
    await given.clock.tick(0);
    return () => isOver;
  }

  it('waits for each server that no process reports as down', async () => {
    const starting = makeScriptedCluster();
    starting.probe('replica-2').held = starting.clock.sleep(300);
    const isOver = await started(starting);
    expect(isOver()).toBe(false);
    await starting.clock.tick(300);
    expect(isOver()).toBe(true);
  });

  it('does not wait for one that others report as down, before or meanwhile', async () => {
    const starting = makeScriptedCluster();
    for (const name of ['replica-1', 'replica-2']) starting.probe(name).held = never;
    starting.cluster.suspect('replica-1', 'is down for another process');
    const isOver = await started(starting);
    expect(isOver()).toBe(false);
    starting.cluster.suspect('replica-2', 'is down for another process');
    await starting.clock.tick(0);
    expect(isOver()).toBe(true);
    expect(starting.cluster.snapshot().map(({ state }) => state)).toEqual(['HEALTHY', 'DOWN', 'DOWN']);
    expect(starting.probe('replica-1').probes).toBe(1);
  });

  it.each<[what: string, nodes: readonly string[]]>([
    ['no other one answers', ['source', 'replica-1']],
    ['only a backup answers', ['source', 'replica-1', 'backup']],
  ])('waits for one that others report as down, when %s', async (_, names) => {
    const nodes = names.map((name) => makeNode(name, name === 'backup' ? { configuredRole: 'BACKUP' } : {}));
    const starting = makeScriptedCluster(nodes);
    starting.probe('source').trouble = new Error('refused');
    starting.probe('replica-1').held = starting.clock.sleep(300);
    starting.cluster.suspect('replica-1', 'is down for another process');
    const isOver = await started(starting);
    expect(isOver()).toBe(false);
    await starting.clock.tick(300);
    expect(isOver()).toBe(true);
    await starting.cluster.stop();
  });
});

describe('a doubt', () => {
  it('is settled after two seconds, whether the server has answered or not', async () => {
    const { cluster, clock, probe } = scripted;
    probe('replica-1').held = clock.sleep(5000);
    cluster.connectionLost('replica-1', 'lost the connection');
    let settled: boolean | null = null;
    void cluster.settled('replica-1').then((isThere) => {
      settled = isThere;
    });
    await clock.tick(1999);
    expect(settled).toBeNull();
    await clock.tick(1);
    expect(settled).toBe(true);
    await clock.tick(5000);
  });

  it('is none where no connection was lost, and leaves nothing behind where one was', async () => {
    const { cluster, clock } = scripted;
    const { timers } = clock;
    expect(await cluster.settled('replica-1')).toBe(true);
    cluster.connectionLost('replica-1', 'lost the connection');
    const settled = cluster.settled('replica-1');
    await clock.tick(0);
    expect(await settled).toBe(true);
    expect(clock.timers).toBe(timers);
  });
});

describe('a probe of its own', () => {
  const names = ['source', 'replica-1', 'replica-2'];
  const probes = () => names.map((name) => scripted.probe(name).probes);

  it.each<[what: string, happens: (scripted: ScriptedCluster) => void, probed: readonly number[]]>([
    ['a lost connection', ({ cluster }) => cluster.connectionLost('replica-1', 'lost'), [0, 1, 0]],
    ['silence', ({ cluster }) => cluster.silent('replica-1', 'does not answer'), [0, 1, 0]],
    ['the report of another process', ({ cluster }) => cluster.suspect('replica-1', 'is down'), [0, 1, 0]],
    ['a read that failed', ({ cluster }) => cluster.doubtServing('replica-1'), [0, 1, 0]],
    ['a write without a number', ({ cluster }) => cluster.untold('source', 'UNNUMBERED'), [1, 0, 0]],
    ['a wish', ({ cluster }) => cluster.probeNow('replica-2'), [0, 0, 1]],
    ['what proves knowledge wrong', ({ cluster }) => cluster.probeAgain(), [1, 1, 1]],
    [
      'what proves it wrong many times at once',
      ({ cluster }) => {
        for (let time = 0; time < 9; time += 1) cluster.probeAgain();
      },
      [1, 1, 1],
    ],
    ['an unknown writer', ({ cluster }) => void cluster.believes(at(1, 7).merge(strange)), [1, 1, 1]],
    ['nothing', ({ cluster }) => void cluster.believes(at(9)), [0, 0, 0]],
  ])('follows %s', async (_, happens, probed) => {
    const before = probes();
    happens(scripted);
    await scripted.clock.tick(0);
    expect(probes().map((count, index) => count - (before[index] ?? 0))).toEqual(probed);
  });

  it.each([
    [99, 1],
    [100, 2],
  ])('of all is not repeated within a tenth of a second: %d ms later there were %d', async (ms, expected) => {
    const { cluster, clock, probe } = await startScriptedCluster(undefined, { intervalMs: 'off' });
    const before = probe('replica-1').probes;
    cluster.probeAgain();
    await clock.tick(ms);
    cluster.probeAgain();
    await clock.tick(0);
    expect(probe('replica-1').probes - before).toBe(expected);
    await cluster.stop();
  });

  it('is made of the tables as well, when a read has failed', () => {
    let doubts = 0;
    const doubtServing = () => {
      doubts += 1;
    };
    Object.assign(scripted.probe('replica-1'), { doubtServing });
    scripted.cluster.doubtServing('replica-1');
    expect(doubts).toBe(1);
  });
});

const strange = parsePosition('mariadb', '1-7-1');

describe('a position of an unknown writer', () => {
  it('is not believed, and of one that names others only their part counts', async () => {
    const { cluster, probe } = scripted;
    expect(cluster.believes(strange)).toBe(false);
    probe('replica-1').observed = at(8).merge(strange);
    probe('replica-1').position = at(8).merge(strange);
    await cluster.tracker('replica-1').observe();
    expect(status('replica-1').position).toEqual(at(8));
  });

  it('changes nothing where it names no other', async () => {
    const { cluster, probe } = scripted;
    const before = cluster.snapshot();
    Object.assign(probe('replica-1'), { position: strange, observed: strange });
    await cluster.tracker('replica-1').observe();
    expect(cluster.snapshot()).toBe(before);
  });

  it('is believed once a probe has shown it, but not of a backup', async () => {
    const backup = makeNode('backup', { configuredRole: 'BACKUP' });
    const { cluster, clock, probe } = await startScriptedCluster([makeNode('source'), backup]);
    probe('backup').position = strange;
    await clock.tick(1000);
    expect(cluster.believes(strange)).toBe(false);
    probe('source').position = at(1).merge(strange);
    await clock.tick(1000);
    expect(cluster.believes(strange)).toBe(true);
    await cluster.stop();
  });
});

describe('what is noted of a server', () => {
  it('is told to those who listen when it is new, and only then', () => {
    const { cluster } = scripted;
    let told = 0;
    const end = cluster.subscribe(() => {
      told += 1;
    });
    const refused = () =>
      ({ epoch: 1, fault: { kind: 'RIGHT_MISSING', table: 'cluster_epochs', code: null, cure: null } }) as const;
    for (const trouble of [null, refused(), refused(), null]) cluster.noteEpochTrouble('source', trouble);
    expect([told, status('source').epochTrouble]).toEqual([2, null]);
    cluster.noteEpochTrouble('source', refused());
    expect(status('source').epochTrouble).toEqual(refused());
    end();
  });

  it('is why its positions say nothing', () => {
    const { cluster } = scripted;
    cluster.untold('source', 'UNLOGGED');
    expect(status('source')).toMatchObject({ unlogged: true, blind: 'SESSIONS_NOT_LOGGED' });
  });

  it('is whether it answers at all', async () => {
    const { cluster, probe } = scripted;
    expect(await cluster.isThere('replica-1', 100)).toBe(true);
    probe('replica-1').trouble = new Error('refused');
    expect(await cluster.isThere('replica-1', 100)).toBe(false);
    expect(probe('replica-1').asks).toBe(2);
  });

  it('is nothing, where there is no such server', () => {
    const { cluster } = scripted;
    expect(() => cluster.tracker('replica-9')).toThrow('There is no node replica-9');
    expect(() => cluster.silent('replica-9', 'lost')).toThrow('There is no node replica-9');
  });

  it('is what its source is asked about its history', async () => {
    const { cluster, probe } = scripted;
    expect(await cluster.judge.judge(at(9))).toBe('LACKING');
    expect(probe('source').histories).toBe(1);
  });
});
