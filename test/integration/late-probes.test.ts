import { afterAll, beforeAll, expect, it } from 'vitest';
import { statusOf, writableSource } from '../../src/cluster/cluster-snapshot.ts';
import type { OrdersDatabase } from '../../src/database/orders/orders-client.ts';
import { caughtUp, migrateOrders, newOrder, openEngine, TestClient } from '../support/engine.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { until } from '../support/until.ts';

// Looks and answers overtake each other: what is older is not taken for a source that went back, nor for another one.

/** Looks when it starts and when it is told to. */
const monitor = { intervalMs: 'off', downIntervalMs: 600_000, timeoutMs: 60_000 } as const;

let cluster: TestCluster;
let writing: OrdersDatabase;
let reading: OrdersDatabase;
/** What `reading` has said of the servers. */
const told: string[] = [];

beforeAll(async () => {
  cluster = await startTestCluster({ replicationDelayMs: 0 });
  await migrateOrders(cluster);
  writing = await openEngine(cluster, { monitor });
  reading = await openEngine(cluster, { monitor });
  reading.cluster.events.subscribe(({ name, node }) => told.push(`${name} ${node}`));
});
afterAll(async () => {
  await Promise.all([writing?.stop(), reading?.stop()]);
  await cluster?.stop();
});

const probedAt = (name: string) => statusOf(reading.cluster.snapshot(), name)?.reportedMs ?? null;
const sourceNow = () => writableSource(reading.cluster.snapshot())?.node.name;

async function probesAgain(name: string, during: () => Promise<void> = async () => undefined): Promise<void> {
  const before = probedAt(name);
  reading.cluster.probeNow(name);
  await during();
  await until(`${name} was probed`, async () => probedAt(name) !== before);
}

it('a probe of the source that ends behind a later answer of it', async () => {
  const admin = await cluster.admin('source');
  const writer = new TestClient(writing);
  await probesAgain('source', async () => {
    await admin.query('LOCK TABLES cluster_epochs WRITE');
    try {
      reading.cluster.probeNow('source');
      await until('the probe waits for the table', async () => {
        const rows: { info: string | null }[] = await admin.query(
          "SELECT info AS info FROM information_schema.processlist WHERE state LIKE 'Waiting for table%'",
        );
        return rows.some(({ info }) => info?.includes('cluster_epochs') === true);
      });
      await writer.write(async (tx) => tx.order.create({ data: newOrder() }));
      const { lost, session } = await reading.resume('orders', [writer.session]);
      expect(lost).toEqual([]);
      expect(session.position).toEqual(writer.session.position);
    } finally {
      await admin.query('UNLOCK TABLES').finally(() => admin.end());
    }
  });
  await probesAgain('source');
  expect([reading.epochs.length, told]).toEqual([1, []]);
  expect((await reading.resume('orders', [writer.session])).lost).toEqual([]);
});

it('a replica that tells of an epoch of the same source before the source does', async () => {
  const admin = await cluster.admin('source');
  const identity = statusOf(reading.cluster.snapshot(), 'source')?.report?.identity;
  await admin
    .query('INSERT INTO cluster_epochs (epoch, source_id) VALUES (2, ?)', [identity])
    .finally(() => admin.end());
  await caughtUp(cluster, 'replica-1');
  await probesAgain('replica-1');
  await probesAgain('source');
  expect([reading.epochs.length, sourceNow(), told]).toEqual([2, 'source', []]);
});
