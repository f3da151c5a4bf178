import { afterEach, describe, expect, it } from 'vitest';
import { statusOf } from '../../../src/cluster/cluster-snapshot.ts';
import { StatusSharing } from '../../../src/cluster/status-sharing.ts';
import { MemoryBoard } from '../../support/memory-board.ts';
import { type ScriptedCluster, startScriptedCluster } from '../../support/scripted-cluster.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of open.splice(0)) await stop();
});

async function shared(board: MemoryBoard): Promise<{ scripted: ScriptedCluster; sharing: StatusSharing }> {
  const scripted = await startScriptedCluster();
  const { cluster, clock } = scripted;
  const sharing = new StatusSharing({ cluster, board: board.forOne(), clock, random: () => 0.5, upholdEveryMs: 3000 });
  await sharing.start();
  open.push(async () => {
    await sharing.stop();
    await cluster.stop();
    expect(clock.timers).toBe(0);
  });
  return { scripted, sharing };
}

const stateOf = ({ cluster }: ScriptedCluster, name: string) => statusOf(cluster.snapshot(), name)?.state;
const down = { node: 'replica-1', state: 'DOWN', trouble: 'refused the connection' } as const;

describe('what a process sees', () => {
  it('is announced when it changes, once, and upheld while it lasts', async () => {
    const board = new MemoryBoard();
    const { scripted } = await shared(board);
    scripted.probe('replica-1').crash();
    await scripted.clock.tick(10_000);
    expect(board.announced.filter(({ node }) => node === 'replica-1')).toEqual([
      { ...down, trouble: 'lost the connection' },
    ]);
    expect(board.upheld).toBeGreaterThanOrEqual(9);
  });

  it('is told when the board is back, also what happened while it was gone', async () => {
    const board = new MemoryBoard();
    const { scripted, sharing } = await shared(board);
    board.gone = true;
    scripted.probe('replica-1').crash();
    await scripted.clock.tick(1000);
    expect(board.announced).toEqual([]);
    board.gone = false;
    await sharing.refresh();
    expect(board.words.get('replica-1')?.state).toBe('DOWN');
  });
});

describe('what another process saw', () => {
  it('is checked at once: the node is out until our own probe, and back with it', async () => {
    const board = new MemoryBoard();
    const { scripted } = await shared(board);
    let answer: () => void = () => undefined;
    scripted.probe('replica-1').held = new Promise((resolve) => {
      answer = resolve;
    });
    board.say(down);
    await scripted.clock.tick(0);
    expect(stateOf(scripted, 'replica-1')).toBe('DOWN');
    scripted.probe('replica-1').held = null;
    answer();
    await scripted.clock.tick(0);
    expect(stateOf(scripted, 'replica-1')).toBe('HEALTHY');
  });

  it('is enough with one failed probe of our own', async () => {
    const board = new MemoryBoard();
    const { scripted } = await shared(board);
    for (const name of ['source', 'replica-1']) {
      scripted.probe(name).trouble = new Error('does not answer');
      board.say({ ...down, node: name });
    }
    await scripted.clock.tick(0);
    expect(stateOf(scripted, 'source')).toBe('DOWN');
    expect(stateOf(scripted, 'replica-1')).toBe('DOWN');
  });

  it('never makes a node well, but makes us probe', async () => {
    const board = new MemoryBoard();
    const { scripted } = await shared(board);
    const probe = scripted.probe('replica-1');
    probe.crash();
    await scripted.clock.tick(2000);
    const before = probe.probes;
    board.say({ node: 'replica-1', state: 'HEALTHY', trouble: null });
    await scripted.clock.tick(0);
    expect(probe.probes).toBe(before + 1);
    expect(stateOf(scripted, 'replica-1')).toBe('DOWN');
  });

  it('is not passed on before we have seen it ourselves', async () => {
    const board = new MemoryBoard();
    const [a, b] = [await shared(board), await shared(board)];
    board.say(down);
    for (const { scripted } of [a, b]) await scripted.clock.tick(10_000);
    expect(board.announced.filter(({ state }) => state === 'DOWN')).toHaveLength(1);
    expect(stateOf(a.scripted, 'replica-1')).toBe('HEALTHY');
    expect(stateOf(b.scripted, 'replica-1')).toBe('HEALTHY');
  });

  it('does not make us probe without end', async () => {
    const board = new MemoryBoard();
    const { scripted } = await shared(board);
    const before = scripted.probe('replica-1').probes;
    for (let word = 0; word < 1000; word += 1) {
      board.say(down);
      await scripted.clock.tick(0);
    }
    expect(scripted.probe('replica-1').probes - before).toBeLessThanOrEqual(12);
    expect(stateOf(scripted, 'replica-1')).toBe('HEALTHY');
  });

  it('about a node that we do not know says nothing', async () => {
    const board = new MemoryBoard();
    const { scripted } = await shared(board);
    board.say({ ...down, node: 'replica-9' });
    expect(stateOf(scripted, 'replica-9')).toBeUndefined();
  });
});
