/** What the router asks servers, and how long reads wait for them. */
import { afterEach, describe, expect, it } from 'vitest';
import type { EpochHistory } from '../../../src/consistency/epoch.ts';
import {
  LimitedFunctionalityError,
  RequestAbandonedError,
  SourceReadsExhaustedError,
  SourceUnavailableError,
} from '../../../src/routing/errors.ts';
import { at } from '../../support/scripted-probe.ts';
import { lose, outcome, startWorld, stopWorlds, type World } from '../../support/scripted-router.ts';

afterEach(stopWorlds);

const restored: EpochHistory = [
  { epoch: 1, sourceId: '1', endOfPrevious: null },
  { epoch: 2, sourceId: '1', endOfPrevious: at(1) },
];

async function told(world: World, names: readonly string[], epochs: EpochHistory): Promise<void> {
  for (const name of names) world.probe(name).report = { ...world.probe(name).report, epochs };
  await world.clock.tick(2500);
}

describe('a probe behind a read', () => {
  it.each([
    [2, 1],
    [3, 0],
    [4, 0],
  ])(
    'is shared with others where a crowd is served: of %i at once, %i are asked for at once',
    async (running, reads) => {
      const world = await startWorld(['source', 'replica-1']);
      for (let read = 0; read < running; read += 1) await world.read();
      void world.router.observe('replica-1');
      await world.clock.tick(0);
      const before = world.probe('replica-1').reads;
      const observed = world.router.observe('replica-1');
      await world.clock.tick(0);
      expect(world.probe('replica-1').reads - before).toBe(reads);
      await world.clock.tick(2);
      expect(world.probe('replica-1').reads - before).toBe(1);
      expect((await observed).format()).toBe(at(1).format());
    },
  );
});

describe('a write that was committed', () => {
  it('watches no replica while there is no source', async () => {
    const world = await startWorld();
    await lose(world, 'source');
    world.router.expectReadsOf(at(9));
    expect(world.cluster.tracker('replica-1').waiting).toBe(0);
  });

  it('has no replica watched whose positions say nothing', async () => {
    const world = await startWorld();
    world.probe('replica-1').report = {
      identity: 'replica-1',
      settings: {
        schema: 'orders',
        variables: {},
        channels: [
          {
            name: '',
            sourceId: '1',
            follows: { byNumber: false, variable: 'Using_Gtid', value: 'No' },
            filters: {},
          },
        ],
      },
    };
    await world.clock.tick(2500);
    world.router.expectReadsOf(at(9));
    expect(world.cluster.tracker('replica-1').waiting).toBe(0);
    expect(world.cluster.tracker('replica-2').waiting).toBe(1);
  });
});

describe('a bound on staleness', () => {
  it('asks no server while there is no replica that could be within it', async () => {
    const world = await startWorld();
    await lose(world, 'replica-1', 'replica-2');
    const before = world.probe('source').reads;
    expect(await outcome(world.read({ maxStalenessMs: 0 }))).toBe('source source-no-replica');
    expect(world.probe('source').reads).toBe(before);
  });

  it('finds no replica when all were lost while the source was asked', async () => {
    const world = await startWorld();
    world.probe('source').held = world.clock.sleep(20);
    const read = world.read({ maxStalenessMs: 0, whenBehind: 'BYPASS' });
    for (const name of ['replica-1', 'replica-2']) world.probe(name).crash();
    expect(await outcome(read)).toBe('source source-no-replica');
    expect((await read).decision.waitedMs).toBe(0);
  });

  it('says how long was waited for a source that does not tell', async () => {
    const world = await startWorld();
    world.probe('source').held = world.clock.sleep(30);
    world.probe('source').trouble = new Error('does not answer');
    const { decision } = await world.read({ maxStalenessMs: 0 });
    expect(decision).toMatchObject({ node: 'source', reason: 'source-after-wait' });
  });
});

describe('a wait for an epoch to be heard of', () => {
  /** The newer epoch is known of a server that is gone; the other one has not heard of it. */
  async function between(): Promise<World> {
    const world = await startWorld();
    await told(world, ['replica-2'], restored);
    await lose(world, 'source', 'replica-2');
    return world;
  }

  it('is long enough, and no longer', async () => {
    const world = await between();
    let ended: string | null = null;
    void outcome(
      world.router.routeRead({
        level: 'SESSION',
        position: at(1),
        sourceOnly: null,
        maxStalenessMs: null,
        whenBehind: 'WAIT',
        waitMs: 50,
        observes: false,
        backupAllowed: false,
        excluded: new Set(),
      }),
    ).then((found) => {
      ended = found;
    });
    await world.clock.tick(499);
    expect(ended).toBeNull();
    await world.clock.tick(1);
    expect(ended).toBe('CONSISTENCY_TIMEOUT');
  });

  it('tells how long it was', async () => {
    const world = await between();
    const read = world.read({ position: at(1) }).catch((error: unknown) => error);
    await world.clock.tick(500);
    expect(await read).toMatchObject({ facts: { waitedMs: 500 } });
  });

  it('is not begun by a client that has gone, and leaves nothing behind when one goes', async () => {
    const world = await between();
    const { timers } = world.clock;
    const gone = AbortSignal.abort();
    expect(await outcome(world.read({ position: at(1), signal: () => gone }))).toBe('REQUEST_ABANDONED');
    const client = new AbortController();
    const read = outcome(
      world.router.routeRead({
        level: 'SESSION',
        position: at(1),
        sourceOnly: null,
        maxStalenessMs: null,
        whenBehind: 'WAIT',
        waitMs: 50,
        observes: false,
        backupAllowed: false,
        excluded: new Set(),
        signal: () => client.signal,
      }),
    );
    await world.clock.tick(0);
    client.abort();
    expect(await read).toBe('REQUEST_ABANDONED');
    expect(world.clock.timers).toBeLessThanOrEqual(timers);
  });
});

describe('a wait for a replica', () => {
  it('of no time asks no replica', async () => {
    const world = await startWorld();
    const before = world.probe('replica-1').waits;
    let asked = false;
    const signal = () => {
      asked = true;
      return new AbortController().signal;
    };
    expect(await outcome(world.read({ position: at(9), waitMs: 0, signal }))).toBe('source source-after-wait');
    expect(world.probe('replica-1').waits).toBe(before);
    expect(asked).toBe(false);
  });

  it('is not begun for replicas that are late: the source serves at once', async () => {
    const world = await startWorld(undefined, 64, 1);
    for (const name of ['replica-1', 'replica-2']) world.probe(name).report = { identity: name, lagMs: 60_000 };
    await world.clock.tick(3000);
    const { decision } = await world.read({ position: at(9) });
    expect(decision).toMatchObject({ node: 'source', reason: 'source-no-replica', waitedMs: 0 });
  });
});

it.each<[string, () => Error]>([
  ['SOURCE_UNAVAILABLE', () => new SourceUnavailableError('no')],
  ['LIMITED_FUNCTIONALITY', () => new LimitedFunctionalityError('no')],
  ['SOURCE_READS_EXHAUSTED', () => new SourceReadsExhaustedError(3)],
  ['REQUEST_ABANDONED', () => new RequestAbandonedError()],
])('%s may be tried again', (code, make) => {
  expect(make()).toMatchObject({ code, retryable: true });
});

it('a server that cannot serve as it is set up takes no writes', async () => {
  const world = await startWorld();
  const unable = [{ kind: 'TABLE_MISSING', table: 'orders', code: null, cure: null }] as const;
  world.probe('source').report = { identity: 'source', unable };
  await world.clock.tick(2500);
  expect(() => world.router.routeWrite()).toThrow(SourceUnavailableError);
  expect(await outcome(world.read({ sourceOnly: 'strong-read' }))).toBe('SOURCE_UNAVAILABLE');
});
