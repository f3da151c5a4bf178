import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writableSource } from '../../src/cluster/cluster-snapshot.ts';
import type { Session } from '../../src/consistency/session.ts';
import type { OrdersDatabase } from '../../src/database/orders/orders-client.ts';
import { caughtUp, migrateOrders, newOrder, openEngine, TestClient } from '../support/engine.ts';
import { type LogicalDump, restoreDump, takeDump } from '../support/logical-dump.ts';
import { startTestCluster, type TestCluster, testFlavour } from '../support/test-cluster.ts';

const patience = { timeout: 120_000, interval: 50 };
const replicas = ['replica-1', 'replica-2'] as const;

type Written = { readonly number: string; readonly session: Session };

let cluster: TestCluster;
const open: OrdersDatabase[] = [];

beforeAll(async () => {
  cluster = await startTestCluster({ replicationDelayMs: 0 });
  await migrateOrders(cluster);
});
afterAll(async () => {
  await Promise.all(open.map((database) => database.stop()));
  await cluster?.stop();
});

async function started(): Promise<OrdersDatabase> {
  const database = await openEngine(cluster);
  open.push(database);
  return database;
}

async function written(by: OrdersDatabase): Promise<Written> {
  const client = new TestClient(by);
  const order = newOrder();
  await client.write(async (tx) => tx.order.create({ data: order }));
  return { number: order.number, session: client.session };
}

/** What a client is told that comes with a session, and what it reads then: with what is left where something was lost. */
async function told(by: OrdersDatabase, { number, session }: Written) {
  const { lost, ahead, behind, session: resumed, healed } = await by.resume('orders', [session]);
  if (ahead.length + behind.length > 0) return { verdict: 'UNKNOWN', found: null, role: null, next: session };
  const reader = new TestClient(by);
  reader.session = lost.length > 0 ? healed : resumed;
  const found = await reader.read(async (client) => client.order.count({ where: { number } }), { waitMs: 5000 });
  const verdict = lost.length > 0 ? 'LOST' : 'WHOLE';
  return { verdict, found, role: reader.decision?.role ?? null, next: reader.session };
}

const caught = () => Promise.all(replicas.map((name) => caughtUp(cluster, name)));
const epochOf = (by: OrdersDatabase) => by.epochs.at(-1)?.epoch;
const takesWrites = (by: OrdersDatabase) =>
  expect.poll(() => writableSource(by.cluster.snapshot())?.node.name, patience);

async function tells(by: OrdersDatabase, whole: readonly Written[], lost: readonly Written[]): Promise<void> {
  for (const one of whole) expect(await told(by, one)).toMatchObject({ verdict: 'WHOLE', found: 1, role: 'SOURCE' });
  for (const one of lost) {
    const first = await told(by, one);
    expect(first).toMatchObject({ verdict: 'LOST', found: 0, role: 'SOURCE' });
    expect(await told(by, { ...one, session: first.next })).toMatchObject({ verdict: 'WHOLE', found: 0 });
  }
}

/** One story: each chapter begins where the one before has ended. */
describe.sequential('a source that was emptied and loaded from a dump', () => {
  let running: OrdersDatabase;
  let dump: LogicalDump;
  let oldest: LogicalDump;
  const kept: Written[] = [];
  const lost: Written[] = [];

  it('tells each client of a lost write once, and no other client, while its replicas still have everything', async () => {
    running = await started();
    const stopped = await openEngine(cluster);
    for (let round = 0; round < 4; round += 1) kept.push(await written(round % 2 === 0 ? running : stopped));
    dump = await takeDump(cluster, 'source');
    oldest = dump;
    for (let round = 0; round < 4; round += 1) lost.push(await written(round % 2 === 0 ? running : stopped));
    await caught();
    await stopped.stop();
    await restoreDump(cluster, 'source', dump);
    await expect.poll(() => epochOf(running), patience).toBe(2);
    await takesWrites(running).toBe('source');
    expect(running.epochs.at(-1)?.endOfPrevious?.format()).toBe(dump.position);
    await tells(running, kept, lost);
  });

  it('takes writes, which are read again, and gives out the lost numbers', async () => {
    for (let round = 0; round < 8; round += 1) kept.push(await written(running));
    await tells(running, kept, lost);
  });

  it('tells the same through a process that starts then', async () => {
    const later = await started();
    kept.push(await written(later));
    await tells(later, kept, lost);
    await tells(running, kept.slice(-1), []);
  });

  // MySQL takes no position that holds numbers which it has given out since.
  it.skipIf(testFlavour() === 'mysql')(
    'is no other when the load itself was logged, as far as its numbers end before those of the dump',
    async () => {
      dump = await takeDump(cluster, 'source');
      lost.push(await written(running), await written(running));
      await restoreDump(cluster, 'source', dump, { logs: true, resets: true });
      await expect.poll(() => epochOf(running), patience).toBe(3);
      await takesWrites(running).toBe('source');
      await tells(running, kept, lost);
      kept.push(await written(running));
      await tells(await started(), kept, lost);
    },
  );

  it('cannot be told from a busy day when the dump is loaded without the log beginning anew: positions go on, rows go back', async () => {
    const epoch = epochOf(running);
    const unsaid = await written(running);
    dump = await takeDump(cluster, 'source');
    const after = await written(running);
    await restoreDump(cluster, 'source', dump, { logs: true, resets: false });
    await takesWrites(running).toBe('source');
    expect(await told(running, unsaid)).toMatchObject({ verdict: 'WHOLE', found: 1 });
    expect(await told(running, after)).toMatchObject({ verdict: 'WHOLE', found: 0 });
    const next = await written(running);
    expect(await told(running, next)).toMatchObject({ verdict: 'WHOLE', found: 1 });
    expect(epochOf(running)).toBe(epoch);
  });

  it('has the epochs back on record when the dump was older than they are, and every process goes by the same', async () => {
    const epoch = epochOf(running) ?? 0;
    const [early] = kept;
    await restoreDump(cluster, 'source', oldest, { logs: true, resets: false });
    await expect.poll(() => epochOf(running), patience).toBe(epoch + 1);
    await takesWrites(running).toBe('source');
    const later = await started();
    expect(later.epochs.map((record) => record.epoch)).toEqual(running.epochs.map((record) => record.epoch));
    for (const [by, other] of [
      [running, later],
      [later, running],
    ] as const) {
      expect(await told(other, await written(by))).toMatchObject({ verdict: 'WHOLE', found: 1 });
      // How far the rows went back no position tells: whoever comes with an older one is led to the source.
      if (early !== undefined)
        expect(await told(by, early)).toMatchObject({ verdict: 'WHOLE', found: 1, role: 'SOURCE' });
    }
  });
});
