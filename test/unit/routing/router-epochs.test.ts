import { afterEach, describe, expect, it } from 'vitest';
import type { EpochHistory } from '../../../src/consistency/epoch.ts';
import { at } from '../../support/scripted-probe.ts';
import { lose, outcome, startWorld, stopWorlds, type World } from '../../support/scripted-router.ts';

afterEach(stopWorlds);

const first = { epoch: 1, sourceId: '1', endOfPrevious: null };
const restored: EpochHistory = [first, { epoch: 2, sourceId: '1', endOfPrevious: at(1) }];

async function told(world: World, names: readonly string[], epochs: EpochHistory | null): Promise<void> {
  for (const name of names) world.probe(name).report = { ...world.probe(name).report, epochs };
  await world.clock.tick(2500);
}

describe('a replica that has not heard of the present epoch', () => {
  it.each([
    [
      'serves no read that must see a certain write, though it has its number',
      { position: at(1) },
      'replica-2 replica-caught-up',
    ],
    ['nor within a bound', { maxStalenessMs: 60_000 }, 'replica-2 replica-caught-up'],
    ['nor who reads on later', { observes: true }, 'replica-2 any-replica'],
    ['but who asks for nothing', {}, 'replica-1 any-replica'],
  ] as const)('%s', async (_, request, expected) => {
    const world = await startWorld();
    await told(world, ['source', 'replica-2'], restored);
    await told(world, ['replica-1'], [first]);
    expect(await outcome(world.read(request))).toBe(expected);
  });

  it('leaves the source alone with the reads when there is no other', async () => {
    const world = await startWorld();
    await told(world, ['source'], restored);
    expect(await outcome(world.read({ position: at(1) }))).toBe('source source-no-replica');
  });

  it('proves nothing while there is no source either', async () => {
    const world = await startWorld();
    await told(world, ['source'], restored);
    await lose(world, 'source');
    const read = outcome(world.read({ position: at(1) }));
    await world.clock.tick(500);
    expect(await read).toBe('CONSISTENCY_TIMEOUT');
  });

  it('is waited for if no other server can serve: it may become the source of the epoch that another one has reported', async () => {
    const world = await startWorld(['source', 'replica-1', 'replica-2']);
    await lose(world, 'source');
    await told(world, ['replica-2'], restored);
    world.probe('replica-2').crash();
    await world.clock.tick(1000);
    const read = outcome(world.read({ position: at(1) }));
    world.probe('replica-1').report = { ...world.probe('replica-1').report, epochs: restored };
    world.cluster.probeNow('replica-1');
    await world.clock.tick(0);
    await world.clock.tick(60);
    expect(await read).toBe('replica-1 replica-caught-up');
  });

  it('keeps no client waiting that has gone', async () => {
    const world = await startWorld();
    await told(world, ['source'], restored);
    await lose(world, 'source');
    const client = new AbortController();
    const read = outcome(world.read({ position: at(1), signal: () => client.signal }));
    client.abort();
    expect(await read).toBe('REQUEST_ABANDONED');
    expect(await outcome(world.read({}))).toBe('replica-1 any-replica');
  });

  it('is asked again at once when others hear of it, and serves when it has heard of it', async () => {
    const world = await startWorld();
    for (const name of ['source', 'replica-1', 'replica-2'])
      world.probe(name).report = { ...world.probe(name).report, epochs: restored };
    world.cluster.probeNow('source');
    await world.clock.tick(0);
    await world.clock.tick(0);
    expect(await outcome(world.read({ position: at(1) }))).toBe('replica-1 replica-caught-up');
  });
});
