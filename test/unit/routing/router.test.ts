import { afterEach, describe, expect, it } from 'vitest';
import { ConsistencyTimeoutError } from '../../../src/consistency/errors.ts';
import type { WhenBehind } from '../../../src/consistency/levels.ts';
import {
  LimitedFunctionalityError,
  RequestAbandonedError,
  SourceReadsExhaustedError,
  SourceUnavailableError,
} from '../../../src/routing/errors.ts';
import type { RoutedRead } from '../../../src/routing/route-request.ts';
import { at, makeNode, type ScriptedProbe } from '../../support/scripted-probe.ts';
import { lose, outcome, startWorld as setUp, stopWorlds, type World } from '../../support/scripted-router.ts';

afterEach(stopWorlds);

const behind = { position: at(9) };
const everyPolicy = ['WAIT', 'BYPASS', 'FAIL'] as const satisfies WhenBehind[];

describe('a read', () => {
  const same = (expected: string) => [expected, expected, expected] as const;
  type Row = readonly [string, Partial<RoutedRead>, (world: World) => unknown, readonly [string, string, string]];
  const nothing = () => undefined;
  const catchUp = ({ probe, clock }: World) => clock.after(30, () => probe('replica-2').apply(at(9)));
  const rows: Row[] = [
    ['that asks for nothing', {}, nothing, same('replica-1 any-replica')],
    ['of a satisfied token', { position: at(1) }, nothing, same('replica-1 replica-caught-up')],
    [
      'of a token that one replica satisfies',
      behind,
      async (world) => {
        for (const name of ['source', 'replica-2']) world.probe(name).apply(at(9));
        await world.clock.tick(1000);
      },
      same('replica-2 replica-caught-up'),
    ],
    [
      'of a token that no replica satisfies in time',
      behind,
      nothing,
      ['source source-after-wait', 'source source-bypass', 'CONSISTENCY_TIMEOUT'],
    ],
    [
      'of a token that a replica satisfies in time',
      behind,
      catchUp,
      ['replica-2 replica-after-wait', 'source source-bypass', 'replica-2 replica-after-wait'],
    ],
    [
      'that has no time to wait',
      { ...behind, waitMs: 0 },
      nothing,
      ['source source-after-wait', 'source source-bypass', 'CONSISTENCY_TIMEOUT'],
    ],
    ['that must see everything', { sourceOnly: 'strong-read' }, nothing, same('source strong-read')],
    [
      'of a session whose past is unknown',
      { sourceOnly: 'position-unknown' },
      nothing,
      ['source position-unknown', 'source position-unknown', 'CONSISTENCY_TIMEOUT'],
    ],
    [
      'with no replica up',
      {},
      (world) => lose(world, 'replica-1', 'replica-2'),
      ['source source-no-replica', 'source source-no-replica', 'CONSISTENCY_TIMEOUT'],
    ],
    [
      'with a token and no replica up',
      behind,
      (world) => lose(world, 'replica-1', 'replica-2'),
      ['source source-no-replica', 'source source-no-replica', 'CONSISTENCY_TIMEOUT'],
    ],
    ['without the source', {}, (world) => lose(world, 'source'), same('replica-1 any-replica')],
    [
      'of a satisfied token without the source',
      { position: at(1) },
      (world) => lose(world, 'source'),
      same('replica-1 replica-caught-up'),
    ],
    [
      'of a token that no replica satisfies, without the source',
      behind,
      (world) => lose(world, 'source'),
      same('CONSISTENCY_TIMEOUT'),
    ],
    [
      'that must see everything, without the source',
      { sourceOnly: 'strong-read' },
      (world) => lose(world, 'source'),
      same('SOURCE_UNAVAILABLE'),
    ],
    [
      'of an unknown past, without the source',
      { sourceOnly: 'position-unknown' },
      (world) => lose(world, 'source'),
      same('CONSISTENCY_TIMEOUT'),
    ],
    [
      'with no server up',
      {},
      (world) => lose(world, 'source', 'replica-1', 'replica-2'),
      same('LIMITED_FUNCTIONALITY'),
    ],
    [
      'with a token and no server up',
      behind,
      (world) => lose(world, 'source', 'replica-1', 'replica-2'),
      same('LIMITED_FUNCTIONALITY'),
    ],
    ['that has failed on one replica', { excluded: new Set(['replica-1']) }, nothing, same('replica-2 any-replica')],
    [
      'that has failed on both',
      { excluded: new Set(['replica-1', 'replica-2']) },
      nothing,
      ['source source-no-replica', 'source source-no-replica', 'CONSISTENCY_TIMEOUT'],
    ],
    [
      'that has failed everywhere',
      { excluded: new Set(['replica-1', 'replica-2', 'source']) },
      nothing,
      same('LIMITED_FUNCTIONALITY'),
    ],
    [
      'of late replicas without a source',
      {},
      async (world) => {
        for (const name of ['replica-1', 'replica-2']) world.probe(name).report = { identity: name, receiving: false };
        await lose(world, 'source');
      },
      same('replica-1 any-replica'),
    ],
  ];
  it.each(rows)('%s', async (_, request, prepare, expected) => {
    for (const [index, whenBehind] of everyPolicy.entries()) {
      const world = await setUp();
      await prepare(world);
      expect(`${whenBehind}: ${await outcome(world.read({ ...request, whenBehind }))}`).toBe(
        `${whenBehind}: ${expected[index]}`,
      );
    }
  });
});

describe('a cluster of one server', () => {
  it.each(everyPolicy)('serves every read, also with %s', async (whenBehind) => {
    const { read } = await setUp(['source']);
    for (const request of [{}, behind, { maxStalenessMs: 0 }, { ...behind, maxStalenessMs: 10 }]) {
      expect(await outcome(read({ ...request, whenBehind }))).toBe('source source-alone');
    }
  });

  it('has no budget for reads: no other server could serve them', async () => {
    const { read } = await setUp(['source'], 1);
    for (let reads = 0; reads < 5; reads += 1) expect(await outcome(read())).toBe('source source-alone');
  });
});

describe('a wait', () => {
  it('says how long it took', async () => {
    const world = await setUp();
    world.clock.after(30, () => world.probe('replica-1').apply(at(9)));
    expect((await world.read(behind)).decision.waitedMs).toBe(30);
    expect((await world.read({ position: at(10) })).decision.waitedMs).toBe(50);
  });

  it('that fails tells what was wanted and how far the furthest replica is', async () => {
    const world = await setUp();
    world.probe('replica-2').apply(at(4));
    await world.clock.tick(1000);
    const error = await world.read({ ...behind, whenBehind: 'FAIL' }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ConsistencyTimeoutError);
    expect(error).toMatchObject({ retryable: true, facts: { wanted: '0-1-9', current: '0-1-4', waitedMs: 50 } });
  });

  it('tells how far a replica is also when it is not eligible', async () => {
    const world = await setUp();
    for (const name of ['replica-1', 'replica-2']) {
      world.probe(name).report = { identity: name, applier: 'STOPPED' };
    }
    await world.clock.tick(1000);
    const error = await world.read({ ...behind, whenBehind: 'FAIL' }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ facts: { wanted: '0-1-9', current: '0-1-1' } });
  });

  it('ends early when no replica applies any more', async () => {
    const world = await setUp();
    for (const name of ['replica-1', 'replica-2']) world.probe(name).applying = false;
    const { decision } = await world.read({ ...behind, waitMs: 5000 });
    expect(decision).toMatchObject({ reason: 'source-after-wait', waitedMs: 25 });
  });

  it('goes on with the others when one replica is lost', async () => {
    const world = await setUp();
    world.clock.after(10, () => world.probe('replica-1').crash());
    world.clock.after(30, () => world.probe('replica-2').apply(at(9)));
    expect(await outcome(world.read(behind))).toBe('replica-2 replica-after-wait');
  });

  it('does not choose a replica that was lost in the moment it got there', async () => {
    const world = await setUp();
    world.clock.after(30, () => {
      world.probe('replica-1').apply(at(9));
      world.cluster.connectionLost('replica-1', 'lost the connection');
      world.probe('replica-1').trouble = new Error('refused the connection');
    });
    expect(await outcome(world.read(behind))).toBe('source source-after-wait');
  });

  it('of a client that has gone ends there, and not on the source', async () => {
    const world = await setUp();
    const client = new AbortController();
    world.clock.after(10, () => client.abort());
    const error = await world.read({ ...behind, signal: () => client.signal }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(RequestAbandonedError);
    await world.clock.tick(30);
    expect(world.cluster.tracker('replica-1').waiting).toBe(0);
  });

  it('does not ask for the signal of a request that need not wait', async () => {
    const world = await setUp();
    const signal = () => {
      throw new Error('nobody should ask');
    };
    expect(await outcome(world.read({ signal }))).toBe('replica-1 any-replica');
  });

  it('leaves no waiter at the others', async () => {
    const world = await setUp();
    world.clock.after(10, () => world.probe('replica-1').apply(at(9)));
    await world.read(behind);
    expect(world.cluster.tracker('replica-2').waiting).toBe(0);
  });
});

describe('a read that goes round the replicas', () => {
  it('has them watched, once for all such reads, so that later reads find them caught up', async () => {
    const world = await setUp();
    const bypass = { ...behind, whenBehind: 'BYPASS' } as const;
    for (let reads = 0; reads < 5; reads += 1) expect(await outcome(world.read(bypass))).toBe('source source-bypass');
    expect(world.cluster.tracker('replica-1').waiting).toBe(1);
    for (const name of ['source', 'replica-1']) world.probe(name).apply(at(9));
    await world.clock.tick(0);
    expect(await outcome(world.read(bypass))).toBe('replica-1 replica-caught-up');
    await world.clock.tick(2000);
    expect(world.cluster.tracker('replica-2').waiting).toBe(0);
    expect(await outcome(world.read({ ...bypass, position: at(10) }))).toBe('source source-bypass');
    expect(world.cluster.tracker('replica-1').waiting).toBe(1);
  });
});

describe('a write that was committed', () => {
  it('has the replicas watched for it, so that the read that follows finds them caught up', async () => {
    const world = await setUp();
    world.router.expectReadsOf(at(9));
    expect(world.cluster.tracker('replica-1').waiting).toBe(1);
    expect(world.cluster.tracker('source').waiting).toBe(0);
    world.probe('replica-1').apply(at(9));
    await world.clock.tick(0);
    expect(await outcome(world.read(behind))).toBe('replica-1 replica-caught-up');
    await world.clock.tick(2000);
    expect(world.cluster.tracker('replica-2').waiting).toBe(0);
  });

  it('among many others watches no replica: reads probe then', async () => {
    const world = await setUp();
    const writes = [world.router.routeWrite(), world.router.routeWrite(), world.router.routeWrite()];
    world.router.expectReadsOf(at(9));
    expect(world.cluster.tracker('replica-1').waiting).toBe(0);
    for (const { end } of writes) end();
    world.router.expectReadsOf(at(9));
    expect(world.cluster.tracker('replica-1').waiting).toBe(1);
  });
});

describe('the budget for reads on the source', () => {
  /** Reads, and lets more time go by than a read may wait for room. */
  const readOrGiveUp = async (world: World, request: Partial<RoutedRead>) => {
    const route = world.read(request);
    route.catch(() => undefined);
    await world.clock.tick(100);
    return route;
  };

  it('ends with an error that says so, and not with one read more', async () => {
    const world = await setUp(undefined, 2);
    const bypass = { ...behind, whenBehind: 'BYPASS' } as const;
    const [first] = [await world.read(bypass), await world.read(bypass)];
    const refused = await readOrGiveUp(world, bypass).catch((cause: unknown) => cause);
    expect(refused).toBeInstanceOf(SourceReadsExhaustedError);
    expect(refused).toMatchObject({ retryable: true, facts: { limit: 2, retryAfterMs: 1000 } });
    first?.end();
    first?.end();
    expect(await outcome(world.read(bypass))).toBe('source source-bypass');
    expect(await outcome(readOrGiveUp(world, bypass))).toBe('SOURCE_READS_EXHAUSTED');
  });

  it('lets a read wait a moment for one that ends', async () => {
    const world = await setUp(undefined, 1);
    const bypass = { ...behind, whenBehind: 'BYPASS' } as const;
    const first = await world.read(bypass);
    const second = world.read(bypass);
    first.end();
    expect(await outcome(second)).toBe('source source-bypass');
  });

  it('gives its room back when the source is lost while a read waits for it', async () => {
    const world = await setUp(undefined, 1);
    const bypass = { ...behind, whenBehind: 'BYPASS' } as const;
    const first = await world.read(bypass);
    const second = world.read(bypass);
    second.catch(() => undefined);
    world.probe('source').crash();
    await world.clock.tick(0);
    first.end();
    expect(await outcome(second)).toBe('CONSISTENCY_TIMEOUT');
    world.probe('source').trouble = null;
    await world.clock.tick(2000);
    expect(await outcome(world.read(bypass))).toBe('source source-bypass');
  });

  it('does not count writes, strong reads and reads of unknown past, nor refuse them', async () => {
    const world = await setUp(undefined, 1);
    for (let times = 0; times < 3; times += 1) {
      world.router.routeWrite();
      await world.read({ sourceOnly: 'strong-read' });
      await world.read({ sourceOnly: 'position-unknown' });
    }
    await world.read({ ...behind, whenBehind: 'BYPASS' });
    world.router.routeWrite();
    expect(await outcome(world.read({ sourceOnly: 'strong-read' }))).toBe('source strong-read');
  });

  it('is given back by operations that failed to start elsewhere', async () => {
    const world = await setUp(undefined, 1);
    await outcome(world.read({ ...behind, whenBehind: 'FAIL' }));
    expect(await outcome(world.read(behind))).toBe('source source-after-wait');
  });
});

describe('balance', () => {
  it('counts an operation on its node until it ends', async () => {
    const world = await setUp();
    const first = await world.read();
    const second = await world.read();
    expect([first.decision.node, second.decision.node]).toEqual(['replica-1', 'replica-2']);
    second.end();
    expect((await world.read()).decision.node).toBe('replica-2');
  });

  it('leaves a lower priority alone until no other is there', async () => {
    const far = makeNode('replica-far', { priority: 2 });
    const world = await setUp(['source', 'replica-1', far]);
    for (let reads = 0; reads < 3; reads += 1) expect((await world.read()).decision.node).toBe('replica-1');
    await lose(world, 'replica-1');
    expect((await world.read()).decision.node).toBe('replica-far');
  });
});

describe('a write', () => {
  it('goes to the source', async () => {
    const { router } = await setUp();
    expect(router.routeWrite().decision).toMatchObject({ node: 'source', reason: 'write-operation' });
    expect(router.source()).toBe('source');
  });

  it('is refused when there is none, with the state of every node', async () => {
    const world = await setUp();
    await lose(world, 'source');
    const attempt = () => world.router.routeWrite();
    expect(attempt).toThrow(SourceUnavailableError);
    try {
      attempt();
    } catch (error) {
      expect(error).toMatchObject({
        retryable: true,
        facts: { nodes: ['source DOWN (lost the connection)', 'replica-1 HEALTHY', 'replica-2 HEALTHY'] },
      });
    }
  });
});

describe('the backup', () => {
  const nodes = ['source', 'replica-1', makeNode('backup', { configuredRole: 'BACKUP' })];
  const noPast = { backupAllowed: true } as const;

  it.each(everyPolicy)('serves a read without a past if no other can (%s)', async (whenBehind) => {
    const world = await setUp(nodes);
    await lose(world, 'source', 'replica-1');
    const { decision } = await world.read({ ...noPast, whenBehind });
    expect(decision).toMatchObject({ node: 'backup', role: 'BACKUP', reason: 'backup-last-resort' });
  });

  it.each(everyPolicy)('serves no read with a past (%s)', async (whenBehind) => {
    const world = await setUp(nodes);
    await lose(world, 'source', 'replica-1');
    for (const request of [behind, { maxStalenessMs: 1000 }, { sourceOnly: 'position-unknown' as const }, {}]) {
      expect(await outcome(world.read({ ...request, whenBehind }))).toBe('LIMITED_FUNCTIONALITY');
    }
    expect(await outcome(world.read({ sourceOnly: 'strong-read', whenBehind }))).toBe('SOURCE_UNAVAILABLE');
    expect(() => world.router.routeWrite()).toThrow(SourceUnavailableError);
  });

  it('serves no read while a replica or the source can', async () => {
    const world = await setUp(nodes);
    await lose(world, 'source');
    expect(await outcome(world.read(noPast))).toBe('replica-1 any-replica');
    world.probe('source').trouble = null;
    await lose(world, 'replica-1');
    expect(await outcome(world.read(noPast))).toBe('source source-no-replica');
  });

  it('is not asked twice by one operation, nor when it is down too', async () => {
    const world = await setUp(nodes);
    await lose(world, 'source', 'replica-1');
    expect(await outcome(world.read({ ...noPast, excluded: new Set(['backup']) }))).toBe('LIMITED_FUNCTIONALITY');
    await lose(world, 'backup');
    expect(await outcome(world.read(noPast))).toBe('LIMITED_FUNCTIONALITY');
  });
});

describe('with everything down', () => {
  it('a read fails at once and says what is wrong with whom', async () => {
    const world = await setUp();
    await lose(world, 'source', 'replica-1', 'replica-2');
    const before = world.clock.monotonic();
    const { timers } = world.clock;
    const asked = () => ['source', 'replica-1', 'replica-2'].map((name) => world.probe(name)).map(callsOf);
    const calls = asked();
    const error = await world.router
      .routeRead({
        level: 'BOUNDED',
        position: at(9),
        sourceOnly: null,
        maxStalenessMs: 10,
        whenBehind: 'WAIT',
        waitMs: 5000,
        observes: true,
        backupAllowed: false,
        excluded: new Set(),
      })
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(LimitedFunctionalityError);
    expect(world.clock.monotonic()).toBe(before);
    expect(world.clock.timers, 'no timer was set, not even one that is not waited for').toBe(timers);
    expect(asked(), 'no server was asked').toEqual(calls);
  });
});

const callsOf = ({ probes, reads, waits, asks }: ScriptedProbe) => ({ probes, reads, waits, asks });
