import type { Connection } from 'mariadb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { statusOf } from '../../src/cluster/cluster-snapshot.ts';
import type { Position } from '../../src/consistency/position.ts';
import { emptySession } from '../../src/consistency/session.ts';
import type { OrdersDatabase } from '../../src/database/orders/orders-client.ts';
import { caughtUp, migrateOrders, newOrder, openEngine, TestClient } from '../support/engine.ts';
import { restartWith } from '../support/restart-with.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

let cluster: TestCluster;
const open: OrdersDatabase[] = [];

beforeAll(async () => {
  cluster = await startTestCluster();
  await migrateOrders(cluster);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.stop()));
});
afterAll(() => cluster.stop());

async function engine(): Promise<OrdersDatabase> {
  const database = await openEngine(cluster);
  open.push(database);
  return database;
}

const burst = 20;

/**
 * Writes in bursts until the work is done. After each a writer lets the replicas catch up: servers that apply more slowly
 * than the source writes would fall behind without end.
 */
async function whileWriting<T>(writers: number, work: () => Promise<T>): Promise<T> {
  let writing = true;
  const loops = Array.from({ length: writers }, async () => {
    const [source, ...replicas] = await Promise.all(
      ['source', 'replica-1', 'replica-2'].map(cluster.admin.bind(cluster)),
    );
    const insert = async (number: string) =>
      source?.query("INSERT INTO orders (number, user_id, total, currency) VALUES (?, 1, 1, 'EUR')", [number]);
    const isOn = async (replica: Connection, number: string) =>
      (await replica.query('SELECT 1 FROM orders WHERE number = ?', [number])).length === 1;
    while (writing) {
      const numbers = Array.from({ length: burst }, () => newOrder().number);
      for (const number of numbers) await insert(number);
      for (const replica of replicas) while (writing && !(await isOn(replica, numbers.at(-1) ?? ''))) await pause(2);
    }
    await Promise.all([source, ...replicas].map((connection) => connection?.end()));
  });
  try {
    return await work();
  } finally {
    writing = false;
    await Promise.all(loops);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What one read sees on one replica, for a session. Never waits for long, never asks the source. */
async function readOn(database: OrdersDatabase, replica: string, position: Position | null) {
  const others = ['replica-1', 'replica-2', 'source'].filter((name) => name !== replica);
  const session = database.openSession({
    session: { ...emptySession('orders', 1), position, issuedAtMs: 0 },
    intent: { level: 'SESSION', whenBehind: 'FAIL', waitMs: 10_000, maxStalenessMs: null },
    writes: false,
    excluded: new Set(others),
  });
  try {
    const seen = await session.run(async () => session.client.order.aggregate({ _max: { id: true }, _count: true }));
    await session.observe();
    return { id: seen._max.id ?? 0n, count: seen._count, position: session.session.position };
  } finally {
    session.end();
  }
}

/** Reads on one replica, then on the other with what was seen: it must see at least as much. */
async function olderWorlds(database: OrdersDatabase, rounds: number, from: string, to: string): Promise<string[]> {
  const older: string[] = [];
  const reader = async () => {
    for (let round = 0; round < rounds / 4; round += 1) {
      const first = await readOn(database, from, null);
      const second = await readOn(database, to, first.position);
      if (second.id < first.id) older.push(`${first.id} then ${second.id} at ${first.position?.format()}`);
    }
  };
  await Promise.all([reader(), reader(), reader(), reader()]);
  return older;
}

describe('what a read on one replica has seen', () => {
  // First, while the replicas are close behind: what comes after leaves them much to do.
  it('on the source is there on replicas', async () => {
    const database = await engine();
    const older: string[] = [];
    await whileWriting(2, async () => {
      for (let round = 0; round < 200; round += 1) {
        const client = new TestClient(database);
        const strong = await client.read(async (reader) => reader.order.aggregate({ _max: { id: true } }), {
          level: 'STRONG',
        });
        expect(client.decision?.node).toBe('source');
        const later = await readOn(database, round % 2 === 0 ? 'replica-1' : 'replica-2', client.session.position);
        if (later.id < (strong._max.id ?? 0n)) older.push(`${strong._max.id} then ${later.id}`);
      }
    });
    expect(older).toEqual([]);
  });

  it('is there in 2000 of 2000 reads on the other one, while writers write', async () => {
    const database = await engine();
    const older = await whileWriting(3, async () => [
      ...(await olderWorlds(database, 1000, 'replica-1', 'replica-2')),
      ...(await olderWorlds(database, 1000, 'replica-2', 'replica-1')),
    ]);
    expect(older).toEqual([]);
  });

  it('is there also when the first replica keeps no log of what it applies', async () => {
    const option = cluster.cluster.flavour === 'mysql' ? '--log-replica-updates=OFF' : '--log-slave-updates=OFF';
    const changed = await restartWith(cluster, 'replica-1', [option]);
    try {
      const admin = await cluster.admin('replica-1');
      const [row] = await admin.query('SELECT @@GLOBAL.log_slave_updates AS logs');
      await admin.end();
      expect(Number(row.logs)).toBe(0);
      const database = await engine();
      const older = await whileWriting(3, () => olderWorlds(database, 500, 'replica-1', 'replica-2'));
      expect(older).toEqual([]);
      const { position } = await readOn(database, 'replica-1', null);
      expect(position).not.toBeNull();
      const client = new TestClient(database);
      for (let round = 0; round < 50; round += 1) {
        const order = newOrder();
        await client.write(async (tx) => tx.order.create({ data: order }));
        const found = await client.read(async (reader) => reader.order.findUnique({ where: { number: order.number } }));
        expect(found?.number).toBe(order.number);
      }
    } finally {
      await changed.restore();
      await caughtUp(cluster, 'replica-1');
    }
  });
});

describe('a wait for a position', () => {
  it('ends within a slice or two once the position is applied, and not before', async () => {
    const database = await engine();
    const client = new TestClient(database);
    await cluster.stopApplier('replica-1');
    try {
      const { position } = await client.write(async (tx) => tx.order.create({ data: newOrder() }));
      const tracker = database.cluster.tracker('replica-1');
      expect(tracker.includes(position as Position)).toBe(false);
      expect(await tracker.waitFor(position as Position, 5000)).toBe('NOT_APPLYING');
      await cluster.startApplier('replica-1');
      expect(await tracker.waitFor(position as Position, 20_000)).toBe('REACHED');
      expect(tracker.includes(position as Position)).toBe(true);
    } finally {
      await cluster.startApplier('replica-1').catch(() => undefined);
    }
  });

  it('ends at its timeout when the replica is late', async () => {
    const database = await engine();
    await cluster.setDelay('replica-1', 30);
    try {
      const { position } = await new TestClient(database).write(async (tx) => tx.order.create({ data: newOrder() }));
      const started = performance.now();
      expect(await database.cluster.tracker('replica-1').waitFor(position as Position, 200)).toBe('TIMED_OUT');
      expect(performance.now() - started).toBeGreaterThan(190);
    } finally {
      await cluster.setDelay('replica-1', 0);
      await caughtUp(cluster, 'replica-1');
    }
  });

  it('ends when the replica is killed', async () => {
    const database = await engine();
    await cluster.setDelay('replica-1', 30);
    try {
      const { position } = await new TestClient(database).write(async (tx) => tx.order.create({ data: newOrder() }));
      const wait = database.cluster.tracker('replica-1').waitFor(position as Position, 60_000);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await cluster.kill('replica-1');
      expect(await wait).toBe('UNREACHABLE');
      // A lost connection is a question: what it had is unknown at once, and that it is down the next probe says.
      expect(statusOf(database.cluster.snapshot(), 'replica-1')?.position).toBeNull();
      await expect
        .poll(() => statusOf(database.cluster.snapshot(), 'replica-1')?.state, { timeout: 30_000, interval: 10 })
        .toBe('DOWN');
    } finally {
      await cluster.cluster.startNode('replica-1');
      await cluster.setDelay('replica-1', 0);
      await caughtUp(cluster, 'replica-1');
    }
  });
});

describe('the lag of a replica', () => {
  it('is what the server says, and a replica that lags too far behind serves no reads', async () => {
    const database = await openEngine(cluster, {
      health: { failureThreshold: 2, recoveryThreshold: 2, maxLagMs: 1000, minServingReplicas: 0 },
      // Busy is not late, and what is not asked in time is down.
      monitor: { intervalMs: 200, downIntervalMs: 100, timeoutMs: 5000 },
    });
    open.push(database);
    const state = () => statusOf(database.cluster.snapshot(), 'replica-2');
    const holder = await cluster.admin('replica-2');
    await holder.query('LOCK TABLES orders READ');
    try {
      await new TestClient(database).write(async (tx) => tx.order.create({ data: newOrder() }));
      await until('it is seen to be late', () => {
        const { state: now, trouble } = state() ?? {};
        return now === 'DEGRADED' && /^is \d+ ms behind$/.test(trouble ?? '');
      });
    } finally {
      await holder.end();
    }
    await until('it is well again', () => state()?.state === 'HEALTHY');
  });

  it('that has stopped receiving serves no reads either', async () => {
    const database = await engine();
    const state = () => statusOf(database.cluster.snapshot(), 'replica-2');
    const admin = await cluster.admin('replica-2');
    const word = cluster.cluster.flavour === 'mysql' ? 'REPLICA' : 'SLAVE';
    try {
      await admin.query(`STOP ${word} IO_THREAD`);
      await until('it is noticed', () => state()?.state === 'DEGRADED');
      expect(state()?.trouble).toBe('has stopped receiving');
    } finally {
      await admin.query(`START ${word} IO_THREAD`);
      await admin.end();
    }
    await until('it is well again', () => state()?.state === 'HEALTHY');
  });
});

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries === 300) throw new Error(`Not within half a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
