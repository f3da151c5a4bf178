import { afterEach, describe, expect, it } from 'vitest';
import { at } from '../../support/scripted-probe.ts';
import { outcome, startWorld, stopWorlds, type World } from '../../support/scripted-router.ts';

afterEach(stopWorlds);

/** All replicas are a minute late and hold 5 transactions, the source holds 9. */
async function startLate(minServingReplicas: number): Promise<World> {
  const world = await startWorld(undefined, 64, minServingReplicas);
  await world.allAt(5);
  world.probe('source').apply(at(9));
  for (const name of ['replica-1', 'replica-2']) world.probe(name).report = { identity: name, lagMs: 60_000 };
  await world.clock.tick(3000);
  return world;
}

describe('while all replicas are too late', () => {
  it('one of them serves reads that take any age', async () => {
    const { read } = await startLate(1);
    expect(await outcome(read())).toBe('replica-1 any-replica');
  });

  it('it serves sessions that have seen no more than it has', async () => {
    const { read } = await startLate(1);
    expect(await outcome(read({ position: at(4) }))).toBe('replica-1 replica-caught-up');
  });

  it('is not waited for: other sessions go to the source at once', async () => {
    const { read } = await startLate(1);
    const route = read({ position: at(9) });
    expect(await outcome(route)).toBe('source source-no-replica');
    expect((await route).decision.waitedMs).toBe(0);
  });

  it('it is waited for by those who must not load the source', async () => {
    const { read } = await startLate(1);
    expect(await outcome(read({ position: at(9), whenBehind: 'FAIL' }))).toBe('CONSISTENCY_TIMEOUT');
  });

  it('a bound on staleness is kept', async () => {
    const { read } = await startLate(1);
    expect(await outcome(read({ maxStalenessMs: 1000 }))).toBe('source source-no-replica');
  });

  it('the source serves all, when no replica has to', async () => {
    const { read } = await startLate(0);
    expect(await outcome(read())).toBe('source source-no-replica');
  });
});
