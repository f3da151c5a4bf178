// A group that elects its own source, on real members. MySQL only: MariaDB has no such thing.
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OrdersDatabase } from '../../src/database/orders/orders-client.ts';
import { TidemarkError } from '../../src/errors.ts';
import { makeClientFolder } from '../support/client-programs.ts';
import { type EngineOptions, migrateOrders, newOrder, openEngine, TestClient } from '../support/engine.ts';
import { startTestCluster, type TestCluster, testFlavour } from '../support/test-cluster.ts';

const skipped = testFlavour() !== 'mysql';
if (skipped) process.stderr.write('replication groups are skipped: they need TIDEMARK_TEST_FLAVOUR=mysql\n');

const members = ['member-1', 'member-2', 'member-3'];
const quick: EngineOptions = { monitor: { intervalMs: 300, downIntervalMs: 100, timeoutMs: 400 } };
const soon = { timeout: 90_000, interval: 100 };

let group: TestCluster;
const open: OrdersDatabase[] = [];

async function engine(): Promise<OrdersDatabase> {
  const database = await openEngine(group, quick);
  open.push(database);
  return database;
}

const withRole = (database: OrdersDatabase, role: string, state = 'HEALTHY') =>
  database.cluster
    .snapshot()
    .filter((status) => status.role === role && status.state === state)
    .map(({ node }) => node.name);

async function whole(database: OrdersDatabase): Promise<string> {
  await expect.poll(() => withRole(database, 'SOURCE').length, soon).toBe(1);
  await expect.poll(() => withRole(database, 'REPLICA').length, soon).toBe(members.length - 1);
  return withRole(database, 'SOURCE')[0] ?? '';
}

async function create(client: TestClient): Promise<string> {
  const order = newOrder();
  await client.write(async (tx) => tx.order.create({ data: order }));
  return order.number;
}

const find = (client: TestClient, number: string, intent = {}) =>
  client.read(async (reader) => reader.order.findUnique({ where: { number } }), intent);

async function numbersOn(name: string): Promise<string[]> {
  const admin = await group.admin(name);
  try {
    const rows: { number: string }[] = await admin.query('SELECT number FROM orders');
    return rows.map(({ number }) => number);
  } finally {
    await admin.end();
  }
}

/** Clients that write and read their write back, until they are told to end. */
function putUnderLoad(database: OrdersDatabase, clients = 6) {
  const acknowledged: string[] = [];
  const stale: string[] = [];
  const errors: unknown[] = [];
  let running = true;
  const loops = Array.from({ length: clients }, async () => {
    const client = new TestClient(database);
    while (running) {
      try {
        const number = await create(client);
        acknowledged.push(number);
        if ((await find(client, number)) === null) stale.push(number);
      } catch (error) {
        errors.push(error);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  });
  return {
    acknowledged,
    stale,
    errors,
    end: async () => {
      running = false;
      await Promise.all(loops);
    },
  };
}

/** Everything that was promised is on every member. */
async function expectEverywhere(numbers: readonly string[]): Promise<void> {
  for (const name of members) {
    await expect
      .poll(async () => {
        const there = new Set(await numbersOn(name));
        return numbers.filter((number) => !there.has(number));
      }, soon)
      .toEqual([]);
  }
}

async function runOneShot(clients: string): Promise<string> {
  const { admin, replication } = group.cluster.credentials;
  const { stdout } = await promisify(execFile)('bash', ['src/local/containers/group.sh'], {
    env: {
      ...process.env,
      PATH: `${clients}${delimiter}${process.env.PATH}`,
      TIDEMARK_FLAVOUR: 'mysql',
      TIDEMARK_MEMBERS: members.map((name) => `${group.node(name).host}:${group.node(name).port}`).join(' '),
      TIDEMARK_GROUP_NAME: group.cluster.id,
      TIDEMARK_ADMIN_USER: admin.user,
      TIDEMARK_ADMIN_PASSWORD: admin.password,
      TIDEMARK_REPLICATION_USER: replication.user,
      TIDEMARK_REPLICATION_PASSWORD: replication.password,
    },
  });
  return stdout;
}

describe.skipIf(skipped)('a replication group', () => {
  beforeAll(async () => {
    group = await startTestCluster({ flavour: 'mysql', topology: 'group' });
    await migrateOrders(group);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((database) => database.stop()));
  });
  afterAll(() => group?.stop());

  it('is one source and two replicas, and every client reads its own writes', async () => {
    const database = await engine();
    expect(withRole(database, 'SOURCE')).toEqual(['member-1']);
    expect(withRole(database, 'REPLICA')).toEqual(['member-2', 'member-3']);
    const client = new TestClient(database);
    const servedBy = new Set<string | undefined>();
    for (let round = 0; round < 40; round += 1) {
      const number = await create(client);
      expect((await find(client, number, { waitMs: 5000 }))?.number).toBe(number);
      servedBy.add(client.decision?.role);
    }
    expect(servedBy).toContain('REPLICA');
  });

  it('whose primary is killed under load elects another and loses nothing that was acknowledged', async () => {
    const database = await engine();
    const before = new TestClient(database);
    const old = await whole(database);
    const number = await create(before);
    const load = putUnderLoad(database);
    await expect.poll(() => load.acknowledged.length, soon).toBeGreaterThan(100);

    await group.kill(old);
    const atKill = load.acknowledged.length;
    await expect.poll(() => withRole(database, 'SOURCE').filter((name) => name !== old).length, soon).toBe(1);
    await expect.poll(() => load.acknowledged.length, soon).toBeGreaterThan(atKill + 100);
    await load.end();
    expect(load.stale).toEqual([]);
    expect(load.errors.filter((error) => !(error instanceof TidemarkError && error.retryable))).toEqual([]);

    await group.cluster.startNode(old);
    await whole(database);
    expect(withRole(database, 'REPLICA')).toContain(old);
    await expectEverywhere([number, ...load.acknowledged]);

    // The numbers of the new primary leave a gap behind those of the old one; tokens of before and after both hold.
    const position = before.session.position;
    expect((await find(before, number, { whenBehind: 'FAIL', waitMs: 5000 }))?.number).toBe(number);
    const after = await create(before);
    expect((await find(before, after, { whenBehind: 'FAIL', waitMs: 5000 }))?.number).toBe(after);
    expect(before.decision?.role).toBe('REPLICA');
    expect(before.session.position?.format()).toMatch(/:1-\d+:\d+/);
    expect(position && before.session.position?.includes(position)).toBe(true);
    expect(database.epochs.length).toBe(1);
  });

  it('without a majority refuses writes and serves reads, and starts again as one group once all members are back', async () => {
    const database = await engine();
    const source = await whole(database);
    const client = new TestClient(database);
    const number = await create(client);
    await expectEverywhere([number]);
    const load = putUnderLoad(database);
    await expect.poll(() => load.acknowledged.length, soon).toBeGreaterThan(50);
    const others = members.filter((name) => name !== source);
    await Promise.all(others.map((name) => group.kill(name)));

    // Until the survivor notices, commits hang; whoever is caught in it hears that nobody knows.
    await expect.poll(() => withRole(database, 'SOURCE'), soon).toEqual([]);
    await expect(create(new TestClient(database))).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect((await find(client, number))?.number).toBe(number);
    await load.end();
    expect(load.errors).toContainEqual(expect.objectContaining({ code: 'WRITE_INDETERMINATE' }));

    // Everybody is gone now: the group starts when all are there and can be compared, and not before.
    await group.kill(source);
    await group.cluster.startNode(others[0] ?? '');
    await group.cluster.startNode(others[1] ?? '');
    await expect.poll(() => withRole(database, 'REPLICA', 'DEGRADED').sort(), soon).toEqual(others);
    expect(withRole(database, 'SOURCE')).toEqual([]);
    await group.cluster.startNode(source);
    await whole(database);
    expect((await find(client, await create(client)))?.number).toBeDefined();
    await expectEverywhere([number, ...load.acknowledged]);
    expect(load.stale).toEqual([]);
  });

  it('is formed, and formed again, by the one-shot service of the compose file', async () => {
    const clients = await makeClientFolder();
    try {
      for (const name of members) {
        const admin = await group.admin(name);
        await admin.query('STOP GROUP_REPLICATION');
        await admin.end();
      }
      for (let round = 0; round < 2; round += 1) expect(await runOneShot(clients)).toContain('the group is whole');
    } finally {
      await rm(clients, { recursive: true, force: true });
    }
    await whole(await engine());
  });
});
