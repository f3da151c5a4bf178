// A source that refuses reads again and again, and goes on taking writes.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RoutedRead } from '../../../src/routing/route-request.ts';
import { at } from '../../support/scripted-probe.ts';
import { lose, outcome, startWorld, stopWorlds, type World } from '../../support/scripted-router.ts';

const refusal = { code: 'ER_LIMIT', mayBeStatement: false, cure: null };
const strong = { level: 'STRONG', sourceOnly: 'strong-read', observes: true } as const;
const behind = { position: at(9) };

let world: World;
beforeEach(async () => {
  world = await startWorld();
  await world.allAt(3);
});
afterEach(stopWorlds);

const refuse = (node = 'source') => {
  for (let time = 0; time < 3; time += 1) world.cluster.readRefused(node, refusal, () => new Promise(() => undefined));
};
const catchUp = (sequence: number) => {
  world.probe('source').apply(at(sequence));
  world.clock.after(30, () => world.probe('replica-2').apply(at(sequence)));
};

describe('a read', () => {
  const excluded = new Set(['source']);
  it.each<[string, Partial<RoutedRead>, () => unknown, string]>([
    ['that must see everything, before', strong, () => undefined, 'source strong-read'],
    ['that must see everything', strong, () => refuse(), 'replica-1 replica-caught-up'],
    [
      'that must see everything, and fails rather than falls back',
      { ...strong, whenBehind: 'FAIL' },
      () => refuse(),
      'replica-1 replica-caught-up',
    ],
    [
      'that must see what replicas have in a moment',
      strong,
      () => [refuse(), catchUp(12)],
      'replica-2 replica-after-wait',
    ],
    [
      'that must see what no replica has in time is tried on the source',
      strong,
      () => [refuse(), world.probe('source').apply(at(12))],
      'source source-after-wait',
    ],
    [
      'that must see everything and was refused there for the first time',
      { ...strong, excluded },
      () => undefined,
      'replica-1 replica-caught-up',
    ],
    [
      'that was refused there, of what no replica has in time',
      { ...strong, excluded },
      () => world.probe('source').apply(at(12)),
      'CONSISTENCY_TIMEOUT',
    ],
    [
      'that would not wait waits for a replica all the same',
      { ...behind, whenBehind: 'BYPASS' },
      () => [refuse(), catchUp(9)],
      'replica-2 replica-after-wait',
    ],
    ['of any position', {}, () => refuse(), 'replica-1 any-replica'],
    [
      'of a session whose past is unknown',
      { sourceOnly: 'position-unknown' },
      () => refuse(),
      'source position-unknown',
    ],
  ])('%s', async (_, request, happens, expected) => {
    happens();
    await world.clock.tick(1);
    expect(await outcome(world.read(request))).toBe(expected);
  });

  it('that must see everything is sent to the source where no replica is left', async () => {
    refuse();
    await lose(world, 'replica-1', 'replica-2');
    expect(await outcome(world.read(strong))).toBe('source source-no-replica');
  });

  it('goes round a replica that refuses reads, and to it when it is the only one left', async () => {
    refuse('replica-1');
    expect(await outcome(world.read())).toBe('replica-2 any-replica');
    await lose(world, 'source', 'replica-2');
    expect(await outcome(world.read())).toBe('replica-1 any-replica');
  });

  it('is served by the source where all replicas refuse reads', async () => {
    refuse('replica-1');
    refuse('replica-2');
    expect(await outcome(world.read())).toBe('source source-no-replica');
  });
});

describe('a write', () => {
  it('is sent to the source all the same', () => {
    refuse();
    expect(world.router.routeWrite().decision.node).toBe('source');
  });
});
