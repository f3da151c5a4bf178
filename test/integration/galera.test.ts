// A Galera cluster, all of whose nodes take writes. MariaDB only.
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ClusterHealth, clusterHealth } from '../../src/cluster/cluster-health.ts';
import { statusOf } from '../../src/cluster/cluster-snapshot.ts';
import { migrate } from '../../src/database/migrations/migrate.ts';
import { type OrdersDatabase, openOrdersDatabase } from '../../src/database/orders/orders-client.ts';
import { TidemarkError } from '../../src/errors.ts';
import { ServersMissingError } from '../../src/local/local-errors.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { LimitedFunctionalityError, SourceUnavailableError } from '../../src/routing/errors.ts';
import { faultOf } from '../../src/servers/faults.ts';
import { defaultEngine, newOrder, TestClient } from '../support/engine.ts';
import { type GaleraCluster, startGaleraCluster } from '../support/galera-cluster.ts';
import { testFlavour } from '../support/test-cluster.ts';

const soon = { timeout: 120_000, interval: 100 };
const migrations = fileURLToPath(new URL('../../prisma/orders/migrations', import.meta.url));

const started =
  testFlavour() === 'mysql'
    ? null
    : await startGaleraCluster().catch((error: unknown) => {
        if (!(error instanceof ServersMissingError)) throw error;
        process.stderr.write(`!!!!!!!! SKIPPED: nothing was tested on Galera. ${error.message}\n`);
        return null;
      });
const galera = started as GaleraCluster;
const open: OrdersDatabase[] = [];

async function engine(): Promise<OrdersDatabase> {
  const { app } = galera.credentials;
  const database = openOrdersDatabase({
    ...defaultEngine,
    monitor: { intervalMs: 200, downIntervalMs: 100, timeoutMs: 2000 },
    nodes: galera.nodes.map(({ name, host, port }, index) => ({
      ...{ name, host, port, ...app, database: 'orders', tls: null, priority: 1, weight: 1 },
      configuredRole: index === 0 ? 'SOURCE' : 'REPLICA',
    })),
  });
  await database.start();
  open.push(database);
  return database;
}

const health = (database: OrdersDatabase): ClusterHealth =>
  clusterHealth(database.cluster.snapshot(), systemClock.monotonic());
const rolesIn = (database: OrdersDatabase) => health(database).nodes.map(({ role, state }) => `${role} ${state}`);

/** Each of several clients reads back what it has written, until so many have been written. */
async function writeAndRead(database: OrdersDatabase, rounds: number) {
  const seen = {
    stale: [] as string[],
    written: [] as string[],
    servedBy: new Set<string | undefined>(),
    nodes: new Set<string | undefined>(),
    errors: [] as unknown[],
  };
  const one = async () => {
    const client = new TestClient(database);
    while (seen.written.length < rounds) {
      try {
        const order = newOrder();
        await client.write(async (tx) => tx.order.create({ data: order }));
        seen.written.push(order.number);
        const found = await client.read(async (reader) => reader.order.findUnique({ where: { number: order.number } }));
        if (found === null) seen.stale.push(order.number);
        seen.servedBy.add(client.decision?.role);
        seen.nodes.add(client.decision?.node);
      } catch (error) {
        seen.errors.push(error);
        await systemClock.sleep(20);
      }
    }
  };
  await Promise.all(Array.from({ length: 6 }, one));
  return seen;
}

describe.skipIf(started === null)('a Galera cluster', { timeout: 600_000 }, () => {
  beforeAll(async () => {
    const [first] = galera.nodes;
    const { user, password } = galera.credentials.admin;
    const url = `mysql://${user}:${password}@${first?.host}:${first?.port}/orders`;
    await migrate({ url, directory: migrations, log: () => undefined });
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((database) => database.stop()));
  });
  afterAll(() => galera?.stop());

  it('has one source and two replicas, no conflict, and every client reads its own writes', async () => {
    const database = await engine();
    await expect.poll(() => rolesIn(database), soon).toEqual(['SOURCE HEALTHY', 'REPLICA HEALTHY', 'REPLICA HEALTHY']);
    const { stale, servedBy, errors } = await writeAndRead(database, 120);
    expect({ stale, errors }).toEqual({ stale: [], errors: [] });
    expect(servedBy).toContain('REPLICA');
    expect(health(database)).toMatchObject({ verdict: 'HEALTHY', source: 'node-1', problems: [] });
  });

  it.each([
    ['passes it on', false],
    ['swallows it', true],
  ])(
    'that rolls a transaction back with 1180 because of its size: a write that %s is told as not done',
    async (_, swallows) => {
      const database = await engine();
      await expect.poll(() => health(database).source, soon).toBe('node-1');
      await galera.query('node-1', 'CREATE TABLE IF NOT EXISTS orders.texts (id INT PRIMARY KEY)');
      await galera.query('node-1', 'SET GLOBAL wsrep_max_ws_rows = 3');
      try {
        const insert = 'INSERT INTO orders.texts VALUES (2), (3), (4), (5), (6)';
        const refused = await galera.query('node-1', insert).catch((error: unknown) => error);
        expect([refused, faultOf(refused)]).toEqual([expect.objectContaining({ errno: 1180 }), 'UNABLE']);
        const write = new TestClient(database).write(async (tx) => {
          await tx.$executeRawUnsafe('INSERT INTO orders.texts VALUES (1)');
          const refusing = tx.$executeRawUnsafe(insert);
          await (swallows ? refusing.catch(() => undefined) : refusing);
          await tx.$executeRawUnsafe('INSERT INTO orders.texts VALUES (7)');
        });
        await expect(write).rejects.toBeInstanceOf(SourceUnavailableError);
        await expect(write).rejects.toThrow('nothing was written');
        for (const { name } of galera.nodes)
          expect(await galera.query(name, 'SELECT id FROM orders.texts')).toEqual([]);
      } finally {
        await galera.query('node-1', 'SET GLOBAL wsrep_max_ws_rows = DEFAULT');
      }
      await expect.poll(() => health(database).verdict, soon).toBe('HEALTHY');
      expect((await writeAndRead(database, 12)).errors).toEqual([]);
    },
  );

  it('whose node with the writes dies goes on with another one, and stays there when it returns', async () => {
    const database = await engine();
    await expect.poll(() => health(database).source, soon).toBe('node-1');
    const writing = writeAndRead(database, 120);
    await galera.kill('node-1');
    await expect.poll(() => health(database).source, soon).toBe('node-2');
    const { stale, written, errors } = await writing;
    expect(stale).toEqual([]);
    expect(errors.filter((error) => !(error instanceof TidemarkError))).toEqual([]);
    await galera.start('node-1');
    await expect.poll(() => rolesIn(database), soon).toEqual(['REPLICA HEALTHY', 'SOURCE HEALTHY', 'REPLICA HEALTHY']);
    expect((await writeAndRead(database, 60)).stale).toEqual([]);
    const there = await galera.query('node-1', 'SELECT number FROM orders.orders');
    expect(written.filter((number) => !there.some((row) => row.number === number))).toEqual([]);
  });

  it('whose node falls out of step serves no reads there until it is back', async () => {
    const database = await engine();
    await expect.poll(() => rolesIn(database), soon).toEqual(['SOURCE HEALTHY', 'REPLICA HEALTHY', 'REPLICA HEALTHY']);
    await galera.query('node-3', 'SET GLOBAL wsrep_desync = ON');
    await expect.poll(() => rolesIn(database)[2], soon).toBe('REPLICA DEGRADED');
    expect(statusOf(database.cluster.snapshot(), 'node-3')?.trouble).toBe('is catching up with its group');
    const { stale, nodes, errors } = await writeAndRead(database, 60);
    expect({ stale, errors }).toEqual({ stale: [], errors: [] });
    expect(nodes).not.toContain('node-3');
    await galera.query('node-3', 'SET GLOBAL wsrep_desync = OFF');
    await expect.poll(() => rolesIn(database)[2], soon).toBe('REPLICA HEALTHY');
  });

  it('whose node with the writes falls out of step sends them to another one', async () => {
    const database = await engine();
    await expect.poll(() => health(database).source, soon).toBe('node-1');
    await galera.query('node-1', 'SET GLOBAL wsrep_desync = ON');
    await expect.poll(() => health(database).source, soon).toBe('node-2');
    expect((await writeAndRead(database, 30)).stale).toEqual([]);
    await galera.query('node-1', 'SET GLOBAL wsrep_desync = OFF');
    await expect.poll(() => rolesIn(database), soon).toEqual(['REPLICA HEALTHY', 'SOURCE HEALTHY', 'REPLICA HEALTHY']);
  });

  it('that loses its majority says so, serves no reads, and continues once a majority is declared', async () => {
    const database = await engine();
    await expect.poll(() => rolesIn(database), soon).toEqual(['SOURCE HEALTHY', 'REPLICA HEALTHY', 'REPLICA HEALTHY']);
    await galera.kill('node-1');
    await galera.kill('node-2');
    const left = () => statusOf(database.cluster.snapshot(), 'node-3');
    await expect.poll(() => left()?.trouble, soon).toContain('is not in the primary component of its Galera cluster');
    const refused = await galera.query('node-3', 'SELECT number FROM orders.orders').catch((error: unknown) => error);
    expect([refused, faultOf(refused)]).toEqual([expect.objectContaining({ errno: 1047 }), 'CONNECTION']);
    const client = new TestClient(database);
    const read = client.read(async (reader) => reader.order.count(), { level: 'EVENTUAL' });
    await expect(read).rejects.toBeInstanceOf(LimitedFunctionalityError);
    const write = client.write(async (tx) => tx.order.create({ data: newOrder() }));
    await expect(write).rejects.toBeInstanceOf(SourceUnavailableError);
    await galera.query('node-3', "SET GLOBAL wsrep_provider_options = 'pc.bootstrap = YES'");
    await expect.poll(() => rolesIn(database)[2], soon).toBe('SOURCE HEALTHY');
    expect((await writeAndRead(database, 30)).stale).toEqual([]);
    for (const name of ['node-1', 'node-2']) await galera.start(name);
    await expect.poll(() => rolesIn(database), soon).toEqual(['REPLICA HEALTHY', 'REPLICA HEALTHY', 'SOURCE HEALTHY']);
  });
});
