import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { OrdersDatabase } from '../../src/database/orders/orders-client.ts';
import { caughtUp, migrateOrders, newOrder, openEngine, TestClient } from '../support/engine.ts';
import { follow } from '../support/promotion-outside.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

const generous = { timeout: 60_000, interval: 20 };

const sql = {
  mariadb: {
    stopWrites: ['SET GLOBAL read_only = 1'],
    takeWrites: ['SET GLOBAL read_only = 0'],
    stopReplicating: ['STOP SLAVE', 'RESET SLAVE ALL'],
  },
  mysql: {
    stopWrites: ['SET GLOBAL super_read_only = 1'],
    takeWrites: ['SET GLOBAL super_read_only = 0', 'SET GLOBAL read_only = 0'],
    stopReplicating: ['STOP REPLICA', 'RESET REPLICA ALL'],
  },
  postgresql: {
    stopWrites: ["ALTER SYSTEM SET default_transaction_read_only = 'on'", 'SELECT pg_reload_conf()'],
    takeWrites: ['SELECT pg_promote()'],
    stopReplicating: ["ALTER SYSTEM SET primary_conninfo = ''", 'SELECT pg_reload_conf()'],
  },
} as const;

let cluster: TestCluster;
let database: OrdersDatabase;
const heard: string[] = [];

beforeAll(async () => {
  cluster = await startTestCluster();
  await migrateOrders(cluster);
  database = await openEngine(cluster);
  database.cluster.events.subscribe(({ name, node }) => heard.push(`${name} ${node}`));
});
afterAll(async () => {
  await database.stop();
  await cluster.stop();
});

/** As somebody does it who knows nothing of this process. */
async function tell(node: string, ...what: (keyof typeof sql.mysql)[]): Promise<void> {
  const connection = await cluster.admin(node);
  try {
    for (const words of what) {
      for (const statement of sql[cluster.cluster.flavour][words]) await connection.query(statement);
    }
  } finally {
    await connection.end();
  }
}

async function isOn(node: string, number: string): Promise<boolean> {
  const connection = await cluster.admin(node);
  try {
    return (await connection.query('SELECT 1 FROM orders WHERE number = ?', [number])).length === 1;
  } finally {
    await connection.end();
  }
}

async function written(engine: OrdersDatabase, client = new TestClient(engine)): Promise<string> {
  const order = newOrder();
  await client.write(async (tx) => tx.order.create({ data: order }));
  return order.number;
}

describe('a promotion that is made outside', () => {
  it('is followed by the writes without a restart, and told', async () => {
    const client = new TestClient(database);
    await written(database, client);
    await caughtUp(cluster, 'replica-1');
    await tell('source', 'stopWrites');
    await tell('replica-1', 'stopReplicating', 'takeWrites');
    await vi.waitFor(() => expect(heard).toContain('SOURCE_CHANGED replica-1'), generous);
    const number = await written(database, client);
    expect([await isOn('source', number), await isOn('replica-1', number)]).toEqual([false, true]);
    const found = await client.read(async (reader) => reader.order.findUnique({ where: { number } }));
    expect(found?.number).toBe(number);
  });

  it('is not undone by the old source when that takes writes again: it is sent none, and named', async () => {
    await tell('source', 'takeWrites');
    await vi.waitFor(() => expect(heard).toContain('SOURCE_CONFLICT_FOUND source'), generous);
    for (let round = 0; round < 10; round += 1) {
      const number = await written(database);
      expect([await isOn('source', number), await isOn('replica-1', number)]).toEqual([false, true]);
    }
  });

  it('is seen by a process that starts later, although two servers take writes', async () => {
    const later = await openEngine(cluster);
    try {
      const number = await written(later);
      expect([await isOn('source', number), await isOn('replica-1', number)]).toEqual([false, true]);
    } finally {
      await later.stop();
    }
  });

  it('ends the conflict when the old source is made read-only', async () => {
    await tell('source', 'stopWrites');
    await vi.waitFor(() => expect(heard).toContain('SOURCE_CONFLICT_SOLVED source'), generous);
    await written(database);
  });
});

describe('a process that probes nothing periodically', () => {
  it('follows a promotion when a write is refused', async () => {
    // Whoever takes the writes back has to know of the promotion since.
    await follow(cluster, 'source', 'replica-1');
    await caughtUp(cluster, 'source', 'replica-1');
    const quiet = await openEngine(cluster, { monitor: { intervalMs: 'off', downIntervalMs: 250, timeoutMs: 400 } });
    try {
      await written(quiet);
      await tell('replica-1', 'stopWrites');
      await tell('source', 'stopReplicating', 'takeWrites');
      const number = await vi.waitFor(() => written(quiet), generous);
      expect(await isOn('source', number)).toBe(true);
    } finally {
      await quiet.stop();
    }
  });
});
