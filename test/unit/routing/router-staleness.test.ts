import { afterEach, describe, expect, it } from 'vitest';
import { at } from '../../support/scripted-probe.ts';
import { outcome, startWorld as setUp, stopWorlds } from '../../support/scripted-router.ts';

afterEach(stopWorlds);

const behind = { position: at(9) };

describe('a bound on staleness', () => {
  it('needs what the source had that long ago', async () => {
    const world = await setUp();
    await world.clock.tick(1000);
    world.probe('source').apply(at(5));
    await world.clock.tick(2000);
    expect(await outcome(world.read({ maxStalenessMs: 10_000 }))).toBe('replica-1 replica-caught-up');
    expect(await outcome(world.read({ maxStalenessMs: 500 }))).toBe('source source-after-wait');
    await world.allAt(5);
    expect(await outcome(world.read({ maxStalenessMs: 500 }))).toBe('replica-2 replica-caught-up');
  });

  it('is met by a replica that gets there in time', async () => {
    const world = await setUp();
    world.probe('source').apply(at(5));
    world.clock.after(20, () => world.probe('replica-1').apply(at(5)));
    expect(await outcome(world.read({ maxStalenessMs: 0 }))).toBe('replica-1 replica-after-wait');
  });

  it('comes on top of what the session has seen', async () => {
    const world = await setUp();
    expect(await outcome(world.read({ ...behind, maxStalenessMs: 60_000, whenBehind: 'FAIL' }))).toBe(
      'CONSISTENCY_TIMEOUT',
    );
  });

  it('goes to the source if the source does not report its position', async () => {
    const world = await setUp();
    world.probe('source').trouble = new Error('does not answer');
    expect(await outcome(world.read({ maxStalenessMs: 0 }))).toBe('source source-after-wait');
    expect(await outcome(world.read({ maxStalenessMs: 0, whenBehind: 'FAIL' }))).toBe('CONSISTENCY_TIMEOUT');
  });

  it('is kept by replicas for as long as it can be after the source is lost', async () => {
    const world = await setUp();
    await world.clock.tick(1000);
    world.probe('source').crash();
    await world.clock.tick(500);
    expect(await outcome(world.read({ maxStalenessMs: 5000 }))).toBe('replica-1 replica-caught-up');
    await world.clock.tick(6000);
    expect(await outcome(world.read({ maxStalenessMs: 5000 }))).toBe('CONSISTENCY_TIMEOUT');
  });
});
