// Who is the source, in the topologies that people run, on one cluster that is re-arranged with SQL.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ClusterHealth, clusterHealth } from '../../src/cluster/cluster-health.ts';
import { SqlNodeProbe } from '../../src/database/nodes/sql-node-probe.ts';
import type { OrdersDatabase } from '../../src/database/orders/orders-client.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type EngineOptions, migrateOrders, newOrder, nodesOf, openEngine, TestClient } from '../support/engine.ts';
import { type Part, Rearrangement } from '../support/rearrange.ts';
import { restartWith } from '../support/restart-with.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

const patient = { timeout: 120_000, interval: 50 };
const quick: EngineOptions = { monitor: { intervalMs: 200, downIntervalMs: 100, timeoutMs: 2000 } };
const names = ['source', 'replica-1', 'replica-2'];

let cluster: TestCluster;
let servers: Rearrangement;
/** Who has everything at the end of a case, and so at the beginning of the next. */
let keeper = 'source';
const open: OrdersDatabase[] = [];

beforeAll(async () => {
  cluster = await startTestCluster({ backup: true });
  await migrateOrders(cluster);
  servers = new Rearrangement(cluster, names);
}, 120_000);
afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.stop()));
});
afterAll(() => cluster?.stop());

async function engine(given: EngineOptions = {}): Promise<OrdersDatabase> {
  const database = await openEngine(cluster, { ...quick, ...given });
  open.push(database);
  return database;
}

const health = (database: OrdersDatabase): ClusterHealth =>
  clusterHealth(database.cluster.snapshot(), systemClock.monotonic());

const rolesIn = (database: OrdersDatabase) =>
  Object.fromEntries(health(database).nodes.map(({ name, role }) => [name, role]));

const problemsIn = (database: OrdersDatabase) =>
  health(database)
    .problems.filter(({ code }) => /SOURCE|WRITABLE/.test(code))
    .map(({ code, node }) => `${code} ${node}`);

/** Writes are acknowledged by `source` and by nobody else, and each client reads its own. */
async function serves(database: OrdersDatabase, source: string, rounds = 15): Promise<void> {
  await vi.waitFor(() => expect(health(database)).toMatchObject({ source, writes: true }), patient);
  const stale: string[] = [];
  const numbers: string[] = [];
  const client = new TestClient(database);
  for (let round = 0; round < rounds; round += 1) {
    const order = newOrder();
    await client.write(async (tx) => tx.order.create({ data: order }));
    numbers.push(order.number);
    const found = await client.read(async (reader) => reader.order.findUnique({ where: { number: order.number } }));
    if (found === null) stale.push(order.number);
  }
  expect(stale).toEqual([]);
  const there = await cluster.admin(source);
  try {
    const rows = await there.query('SELECT number FROM orders WHERE number IN (?)', [numbers]);
    expect(rows).toHaveLength(rounds);
  } finally {
    await there.end();
  }
  keeper = source;
}

type Case = readonly [
  what: string,
  parts: Readonly<Record<string, Part>>,
  source: string,
  expected: { readonly roles: readonly string[]; readonly problems?: readonly string[]; readonly healthy?: boolean },
];
const [S, R] = ['SOURCE', 'REPLICA'];

const found: readonly Case[] = [
  [
    'a chain',
    { source: { writes: true }, 'replica-1': { follows: 'source' }, 'replica-2': { follows: 'replica-1' } },
    'source',
    { roles: [S, R, R], healthy: true },
  ],
  [
    'a pair that replicate each other, and a replica of the active one',
    {
      source: { writes: true, follows: 'replica-1' },
      'replica-1': { follows: 'source' },
      'replica-2': { follows: 'source' },
    },
    'source',
    { roles: [S, R, R], healthy: true },
  ],
  [
    'a pair of which the other one is active',
    {
      source: { follows: 'replica-1' },
      'replica-1': { writes: true, follows: 'source' },
      'replica-2': { follows: 'replica-1' },
    },
    'replica-1',
    { roles: [R, S, R], healthy: true },
  ],
  [
    'a ring of three',
    {
      source: { follows: 'replica-2' },
      'replica-1': { writes: true, follows: 'source' },
      'replica-2': { follows: 'replica-1' },
    },
    'replica-1',
    { roles: [R, S, R], healthy: true },
  ],
  [
    'a pair of which both take writes',
    {
      source: { writes: true, follows: 'replica-1' },
      'replica-1': { writes: true, follows: 'source' },
      'replica-2': { follows: 'source' },
    },
    'source',
    { roles: [S, S, R], problems: ['SOURCE_CONFLICT replica-1'] },
  ],
  [
    'replicas that were never made read-only',
    {
      source: { writes: true },
      'replica-1': { writes: true, follows: 'source' },
      'replica-2': { writes: true, follows: 'replica-1' },
    },
    'source',
    { roles: [S, R, R], problems: ['WRITABLE_REPLICA replica-1', 'WRITABLE_REPLICA replica-2'] },
  ],
];

describe('found at a start', () => {
  it.each(found)('%s', async (_, parts, source, { roles, problems = [], healthy }) => {
    await servers.arrange(keeper, parts);
    const database = await engine();
    await serves(database, source);
    await vi.waitFor(() => {
      expect(Object.values(rolesIn(database)).slice(0, names.length)).toEqual(roles);
      expect(problemsIn(database)).toEqual(problems);
    }, patient);
    if (healthy) {
      const wells = () =>
        health(database)
          .nodes.slice(0, names.length)
          .map(({ state }) => state);
      await vi.waitFor(() => expect(wells()).toEqual(['HEALTHY', 'HEALTHY', 'HEALTHY']), patient);
    }
  });

  it('a single server', async () => {
    await servers.arrange(keeper, { source: { writes: true } });
    const database = await engine({ nodes: nodesOf(cluster).filter(({ name }) => name === 'source') });
    await serves(database, 'source');
    expect(health(database)).toMatchObject({ verdict: 'HEALTHY', nodes: [{ role: 'SOURCE' }] });
  });
});

const plain: Readonly<Record<string, Part>> = {
  source: { writes: true },
  'replica-1': { follows: 'source' },
  'replica-2': { follows: 'source' },
};

describe('seen to change', () => {
  it('a promotion with STOP only, whose settings stay', async () => {
    await servers.arrange(keeper, plain);
    const database = await engine();
    await serves(database, 'source');
    await servers.refuse('source');
    await servers.stop('replica-1');
    await servers.accept('replica-1');
    await serves(database, 'replica-1');
    await serves(await engine(), 'replica-1');
    expect(rolesIn(database)).toMatchObject({ source: R, 'replica-1': S });
  });

  it('a promotion with read_only only, that goes on following', async () => {
    await servers.arrange(keeper, plain);
    const database = await engine();
    await serves(database, 'source');
    await servers.refuse('source');
    await servers.accept('replica-1');
    await serves(database, 'replica-1');
    await serves(await engine(), 'replica-1');
    // Nobody follows the new one yet: it serves alone, and nobody is told of an order that is not there.
    expect(rolesIn(database)).toMatchObject({ source: R, 'replica-1': S, 'replica-2': R });
  });

  it('a promotion with read_only only, of a replica whose source has died, and which then returns', async () => {
    await servers.arrange(keeper, plain);
    const database = await engine();
    await serves(database, 'source');
    await cluster.kill('source');
    await vi.waitFor(() => expect(health(database).source).toBeNull(), patient);
    await servers.accept('replica-1');
    await serves(database, 'replica-1');
    await cluster.restart('source').catch(() => undefined);
    await servers.accept('source');
    await vi.waitFor(() => expect(rolesIn(database).source).not.toBeNull(), patient);
    await serves(database, 'replica-1');
    await servers.refuse('source');
  });

  it('a pair whose parts are exchanged, and exchanged again', async () => {
    await servers.arrange(keeper, {
      source: { writes: true, follows: 'replica-1' },
      'replica-1': { follows: 'source' },
      'replica-2': { follows: 'source' },
    });
    const database = await engine();
    await serves(database, 'source');
    for (const [from, to] of [
      ['source', 'replica-1'],
      ['replica-1', 'source'],
    ] as const) {
      await servers.refuse(from);
      await servers.accept(to);
      await serves(database, to);
    }
  });

  it('a pair that both take writes for a while: the one that has them keeps them, at every probe', async () => {
    await servers.arrange(keeper, {
      source: { follows: 'replica-1' },
      'replica-1': { writes: true, follows: 'source' },
      'replica-2': { follows: 'replica-1' },
    });
    const database = await engine();
    const heard: string[] = [];
    await serves(database, 'replica-1');
    database.cluster.events.subscribe(({ name, node }) => heard.push(`${name} ${node}`));
    await servers.accept('source');
    await vi.waitFor(() => expect(problemsIn(database)).toEqual(['SOURCE_CONFLICT source']), patient);
    expect(health(database).verdict).toBe('DEGRADED');
    await serves(database, 'replica-1');
    await servers.refuse('source');
    await vi.waitFor(() => expect(problemsIn(database)).toEqual([]), patient);
    expect(heard.filter((what) => /SOURCE_(CHANGED|LOST)/.test(what))).toEqual([]);
  });

  it('a writable replica whose source dies: it gets no writes until it is promoted', async () => {
    await servers.arrange(keeper, { ...plain, 'replica-1': { writes: true, follows: 'source' } });
    const database = await engine();
    await serves(database, 'source');
    await vi.waitFor(() => expect(problemsIn(database)).toEqual(['WRITABLE_REPLICA replica-1']), patient);
    await cluster.kill('source');
    await vi.waitFor(() => expect(problemsIn(database)).toEqual(['SOURCE_DOUBTFUL replica-1']), patient);
    expect(health(database)).toMatchObject({ source: null, writes: false, reads: true });
    await servers.stop('replica-1');
    await serves(database, 'replica-1');
    await cluster.restart('source').catch(() => undefined);
    await servers.refuse('source');
  });

  it('a replica with another source besides: a stopped channel there does no harm, a stopped one here does', async () => {
    await servers.arrange(keeper, plain);
    await servers.hearOf('replica-1', 'backup', 'another');
    const database = await engine();
    await serves(database, 'source');
    const stateOf = (name: string) => health(database).nodes.find((node) => node.name === name);
    await vi.waitFor(() => expect(stateOf('replica-1')?.state).toBe('HEALTHY'), patient);
    await cluster.stopApplier('replica-1');
    await vi.waitFor(() => expect(stateOf('replica-1')?.trouble).toMatch('has stopped applying'), patient);
    await serves(database, 'source');
  });

  it('a delayed replica: it is well, says so, and serves no session before its time', async () => {
    await servers.arrange(keeper, plain);
    await cluster.setDelay('replica-1', 60);
    const database = await engine();
    await serves(database, 'source');
    const stateOf = () => health(database).nodes.find((node) => node.name === 'replica-1');
    await vi.waitFor(() => expect(stateOf()).toMatchObject({ state: 'HEALTHY', delayMs: 60_000 }), patient);
    const seen = new Set<string | undefined>();
    for (let read = 0; read < 20; read += 1) {
      const client = new TestClient(database);
      await client.read(async (reader) => reader.order.count(), { level: 'EVENTUAL' });
      seen.add(client.decision?.node);
    }
    expect([...seen]).toEqual(['replica-2']);
    await cluster.setDelay('replica-1', 0);
  });
});

/** Whether a server takes no writes, by a probe and by what it is asked about its history. */
async function refusals(name: string): Promise<boolean[]> {
  const address = nodesOf(cluster).find((node) => node.name === name);
  if (address === undefined) throw new Error(`No node is called ${name}`);
  const probe = new SqlNodeProbe(address, systemClock, { connectionLost: () => undefined });
  try {
    return [(await probe.probe(5000)).readOnly, (await probe.readHistory(5000)).readOnly];
  } finally {
    await probe.close();
  }
}

describe('a server that takes writes', () => {
  it('is judged alike by a probe and by its history, and so is one that refuses', async () => {
    await servers.arrange(keeper, plain);
    expect(await refusals(keeper)).toEqual([false, false]);
    await servers.refuse(keeper);
    expect(await refusals(keeper)).toEqual([true, true]);
    await servers.accept(keeper);
  });
});

describe('a reader that writes nowhere for no reason but its storage', () => {
  it('is a replica, and never the source', async () => {
    await servers.arrange(keeper, { ...plain, 'replica-1': {} });
    await servers.accept('replica-1');
    const shared = await restartWith(cluster, 'replica-1', ['--innodb-read-only=ON', '--read-only=OFF'], {
      replicates: false,
    });
    try {
      const database = await engine();
      await serves(database, 'source');
      expect(rolesIn(database)).toMatchObject({ source: S, 'replica-1': R });
      expect(problemsIn(database)).toEqual([]);
      expect(await refusals('replica-1')).toEqual([true, true]);
      await servers.refuse('source');
      await vi.waitFor(() => expect(health(database)).toMatchObject({ source: null, writes: false }), patient);
      await cluster.kill('source');
      await vi.waitFor(() => expect(rolesIn(database).source).toBeNull(), patient);
      expect(health(database)).toMatchObject({ source: null, writes: false, reads: true });
    } finally {
      await shared.restore();
    }
  });
});
