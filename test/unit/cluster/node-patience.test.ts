import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodeRole } from '../../../src/cluster/node.ts';
import { NodePatience, type NodePatienceOptions } from '../../../src/cluster/node-patience.ts';
import { OwnClock } from '../../../src/platform/own-clock.ts';
import { TickingClock } from '../../support/ticking-clock.ts';

let clock: TickingClock;
let patience: NodePatience;
let asked: { node: string; timeoutMs: number; atMs: number }[];
let silent: string[];
let answer: (timeoutMs: number) => Promise<boolean>;

beforeEach(() => {
  clock = new TickingClock();
  asked = [];
  silent = [];
  answer = async () => true;
  open();
});
afterEach(() => patience.close());

function open(options: Partial<NodePatienceOptions> = {}): void {
  patience = new NodePatience({
    clock,
    patienceMs: 100,
    roleOf: (node): NodeRole => (node === 'source' ? 'SOURCE' : 'REPLICA'),
    isThere: (node, timeoutMs) => {
      asked.push({ node, timeoutMs, atMs: clock.monotonic() });
      return answer(timeoutMs);
    },
    onSilent: (node) => silent.push(node),
    ...options,
  });
}

const never = async (timeoutMs: number) => {
  await clock.sleep(timeoutMs);
  return false;
};

describe('work on a node', () => {
  it('that ends in time asks no server, and leaves no timer behind', async () => {
    for (let round = 0; round < 50; round += 1) {
      const done = patience.begin('a');
      await clock.tick(90);
      done();
      await clock.tick(5);
    }
    await clock.tick(200);
    expect(asked).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('that is slow on a node that answers goes on, and the node is asked again now and then', async () => {
    patience.begin('a');
    await clock.tick(1000);
    expect(asked.map(({ atMs }) => atMs)).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
    expect(silent).toEqual([]);
  });

  it('on a silent node is given up once, for all that run there, and for no other node', async () => {
    answer = never;
    const ends = [patience.begin('a'), patience.begin('a')];
    const other = patience.begin('b');
    await clock.tick(50);
    other();
    ends.push(patience.begin('a'));
    await clock.tick(249);
    expect(silent).toEqual([]);
    await clock.tick(1);
    expect(silent).toEqual(['a']);
    for (const end of ends) end();
    await clock.tick(1000);
    expect(silent).toEqual(['a']);
  });

  it('on the source is given up later, because it has no substitute', async () => {
    answer = never;
    patience.begin('source');
    await clock.tick(1099);
    expect(silent).toEqual([]);
    await clock.tick(1);
    expect(silent).toEqual(['source']);
    expect(asked).toEqual([{ node: 'source', timeoutMs: 10_000, atMs: 100 }]);
  });

  it('that is slow for more than a second is told, once a second, while it runs', async () => {
    const slow: number[] = [];
    open({ onSlow: () => slow.push(clock.monotonic()) });
    const done = patience.begin('a');
    await clock.tick(3500);
    done();
    await clock.tick(3000);
    expect(slow).toEqual([1100, 2200, 3300]);
  });

  it('that ended while the node was asked gives no node up', async () => {
    answer = never;
    const done = patience.begin('a');
    await clock.tick(150);
    done();
    await clock.tick(500);
    expect(silent).toEqual([]);
  });

  it('is watched again after it had all ended', async () => {
    patience.begin('a')();
    await clock.tick(500);
    answer = never;
    patience.begin('a');
    await clock.tick(300);
    expect(silent).toEqual(['a']);
  });
});

describe('a process that pauses', () => {
  it('does not take its own pause for the silence of a node', async () => {
    answer = async () => {
      await clock.sleep(480);
      return true;
    };
    const pausing = (ms: number) => (ms === 20 && clock.monotonic() < 300 ? 470 : ms);
    const after = clock.after.bind(clock);
    clock.after = (ms, callback) => after(pausing(ms), callback);
    open({ ownClock: new OwnClock(clock, () => null) });
    patience.begin('a');
    await clock.tick(650);
    expect(silent).toEqual([]);
  });

  it('gives others more time while it is short of its own', async () => {
    answer = never;
    let stretch = 3;
    open({ stretch: () => stretch });
    patience.begin('a');
    await clock.tick(100 + 599);
    expect(silent).toEqual([]);
    await clock.tick(1);
    expect(silent).toEqual(['a']);
    stretch = 1;
    await clock.tick(300);
    expect(silent).toEqual(['a', 'a']);
  });
});

describe('a closed watch', () => {
  it('gives no node up and leaves no timer behind', async () => {
    patience.begin('a');
    await clock.tick(10);
    patience.close();
    await clock.tick(500);
    expect({ asked, silent, timers: clock.timers }).toEqual({ asked: [], silent: [], timers: 0 });
  });
});
