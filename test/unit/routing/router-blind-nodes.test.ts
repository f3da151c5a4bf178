import { afterEach, describe, expect, it } from 'vitest';
import type { ServerSettings } from '../../../src/cluster/server-settings.ts';
import { at } from '../../support/scripted-probe.ts';
import { lose, outcome, startWorld, stopWorlds, type World } from '../../support/scripted-router.ts';

afterEach(stopWorlds);

const numbers = (gtid_mode: string): ServerSettings => ({ schema: 'orders', variables: { gtid_mode }, channels: [] });
const filtered: ServerSettings = {
  schema: 'orders',
  variables: {},
  channels: [
    {
      name: '',
      sourceId: '1',
      follows: { byNumber: true, variable: 'Using_Gtid', value: 'Slave_Pos' },
      filters: { Replicate_Ignore_DB: 'orders' },
    },
  ],
};

async function told(world: World, name: string, settings: ServerSettings): Promise<void> {
  world.probe(name).report = { ...world.probe(name).report, settings };
  await world.clock.tick(2500);
}

describe('reads while the positions of the source say nothing', () => {
  it.each([
    ['that must see a write which every replica claims to have', { position: at(1) }, 'source position-unknown'],
    ['that later reads must not fall behind', { observes: true }, 'source position-unknown'],
    ['with a bound', { maxStalenessMs: 60_000 }, 'source position-unknown'],
    ['that ask for nothing', {}, 'replica-1 any-replica'],
    ['that may not fall on the source', { position: at(1), whenBehind: 'FAIL' }, 'CONSISTENCY_TIMEOUT'],
  ] as const)('%s', async (_, request, expected) => {
    const world = await startWorld();
    await told(world, 'source', numbers('OFF'));
    expect(await outcome(world.read(request))).toBe(expected);
  });

  it('are refused while that source is away: no replica can prove anything', async () => {
    const world = await startWorld();
    await told(world, 'source', numbers('OFF'));
    await lose(world, 'source');
    expect(await outcome(world.read({ position: at(1) }))).toBe('CONSISTENCY_TIMEOUT');
    expect(await outcome(world.read())).toBe('replica-1 any-replica');
  });

  it('go to replicas again from the first numbered transaction on', async () => {
    const world = await startWorld();
    await told(world, 'source', numbers('OFF'));
    await told(world, 'source', numbers('ON'));
    expect(await outcome(world.read({ position: at(1) }))).toBe('source position-unknown');
    await world.allAt(2);
    await world.clock.tick(1000);
    expect(await outcome(world.read({ position: at(2) }))).toBe('replica-1 replica-caught-up');
  });

  it('begin with the first write that was found to have no number', async () => {
    const world = await startWorld();
    expect(await outcome(world.read({ position: at(1) }))).toBe('replica-1 replica-caught-up');
    world.cluster.untold('source', 'UNNUMBERED');
    expect(await outcome(world.read({ position: at(1) }))).toBe('source position-unknown');
  });
});

describe('a replica whose positions say nothing', () => {
  it.each([
    ['serves no read that must see a certain write', { position: at(1) }, 'replica-2 replica-caught-up'],
    ['nor who reads on later', { observes: true }, 'replica-2 any-replica'],
    ['but who asks for nothing', {}, 'replica-1 any-replica'],
  ] as const)('%s', async (_, request, expected) => {
    const world = await startWorld();
    await told(world, 'replica-1', filtered);
    expect(await outcome(world.read(request))).toBe(expected);
  });

  it('leaves the source alone with the reads when there is no other', async () => {
    const world = await startWorld(['source', 'replica-1']);
    await told(world, 'replica-1', filtered);
    expect(await outcome(world.read({ position: at(1) }))).toBe('source source-no-replica');
  });
});
