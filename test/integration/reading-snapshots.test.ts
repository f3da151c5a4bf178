import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Position } from '../../src/consistency/position.ts';
import { emptySession } from '../../src/consistency/session.ts';
import type { OrdersClient, OrdersDatabase } from '../../src/database/orders/orders-client.ts';
import type { NodePositions } from '../../src/database/session/read-observation.ts';
import { migrateOrders, newOrder, openEngine, TestClient } from '../support/engine.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

let cluster: TestCluster;
let database: OrdersDatabase;

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 1 });
  await migrateOrders(cluster);
  database = await openEngine(cluster);
});
afterAll(async () => {
  await database.stop();
  await cluster.stop();
});

async function readSnapshot<T>(
  level: 'EVENTUAL' | 'STRONG',
  work: (client: OrdersClient) => Promise<T>,
): Promise<{ value: T; positions: NodePositions | null }> {
  const session = database.openSession({
    session: emptySession('orders', 1),
    intent: { level, whenBehind: 'WAIT', waitMs: 50, maxStalenessMs: null },
    writes: false,
    snapshot: true,
  });
  try {
    const value = await session.run(async () => work(session.client));
    return { value, positions: session.snapshotPositions };
  } finally {
    session.end();
  }
}

type Snapshot = { readonly numbers: ReadonlySet<string>; readonly positions: NodePositions };

async function numbersIn(level: 'EVENTUAL' | 'STRONG'): Promise<Snapshot> {
  const { value, positions } = await readSnapshot(level, (client) =>
    client.order.findMany({ select: { number: true } }),
  );
  if (positions === null) throw new Error('The snapshot does not know its position');
  return { numbers: new Set(value.map(({ number }) => number)), positions };
}

const writers = 4;

/**
 * Runs `work` while clients write orders, each one after another; answers what was written and the position of each write. On
 * MariaDB that is the place of its commit; on MySQL it may include what others committed right behind it.
 */
async function whileWriting(work: () => Promise<void>): Promise<ReadonlyMap<string, Position>> {
  const written = new Map<string, Position>();
  let done = false;
  const write = async () => {
    const client = new TestClient(database);
    while (!done) {
      const order = newOrder();
      const { position } = await client.write(async (tx) => tx.order.create({ data: order }));
      if (position !== null) written.set(order.number, position);
    }
  };
  const writing = Promise.all(Array.from({ length: writers }, write));
  try {
    await work();
  } finally {
    done = true;
    await writing;
  }
  return written;
}

describe.each([
  ['a replica', 'EVENTUAL'],
  ['the source', 'STRONG'],
] as const)('a snapshot on %s', (_, level) => {
  it('shows all that its lower position includes, and nothing that its upper one does not', async () => {
    const seen: Snapshot[] = [];
    const before = await numbersIn('STRONG');
    const written = await whileWriting(async () => {
      for (let round = 0; round < 100; round += 1) seen.push(await numbersIn(level));
    });
    const exactPositions = cluster.cluster.flavour === 'mariadb';
    for (const { numbers, positions } of seen) {
      for (const [number, position] of written) {
        if (positions.reached.includes(position)) expect(numbers).toContain(number);
        if (exactPositions && numbers.has(number)) expect(positions.observed.includes(position)).toBe(true);
      }
      // Each order is a transaction of its own, and nobody else writes.
      const transactions = positions.observed.countMissingIn(before.positions.observed);
      expect(transactions).toBeGreaterThanOrEqual(numbers.size - before.numbers.size);
    }
    const exact = seen.filter(({ positions: { reached, observed } }) => reached.includes(observed));
    expect(exact.length).toBeGreaterThan(50);
  });

  it('is one state, however many reads see it', async () => {
    await whileWriting(async () => {
      for (let round = 0; round < 20; round += 1) {
        const { value } = await readSnapshot(level, async ({ order }) => {
          const counts = await Promise.all([order.count(), order.count(), order.count()]);
          return [...counts, await order.count()];
        });
        expect(new Set(value).size).toBe(1);
      }
    });
  });
});

describe('a table that is changed by a copy', () => {
  const on = async (name: string, ...statements: readonly string[]) => {
    const admin = await cluster.admin(name);
    if (cluster.cluster.flavour === 'mysql') await admin.query('SET GLOBAL super_read_only = OFF');
    await admin.query('SET SESSION sql_log_bin = 0');
    for (const statement of statements) await admin.query(statement);
    if (cluster.cluster.flavour === 'mysql' && name !== 'source') {
      await admin.query('SET GLOBAL super_read_only = ON');
    }
    await admin.end();
  };
  const change = 'ALTER TABLE orders.idempotency_keys ADD COLUMN extra INT NULL, ALGORITHM = COPY';
  const undo = 'ALTER TABLE orders.idempotency_keys DROP COLUMN extra';

  it('under a write makes it run again, whole', async () => {
    let attempts = 0;
    const { value } = await new TestClient(database).write(async (tx) => {
      attempts += 1;
      await tx.order.count();
      if (attempts === 1) await on('source', change);
      return tx.idempotencyKey.count();
    });
    await on('source', undo);
    expect([attempts, value]).toEqual([2, 0]);
  });

  it('under a snapshot ends the read in words of our own, and it may be repeated', async () => {
    const names = ['source', 'replica-1'];
    const read = (change: () => Promise<void>) =>
      readSnapshot('EVENTUAL', async (client) => {
        await client.order.count();
        await change();
        return client.idempotencyKey.count();
      });
    const changing = async () => {
      for (const name of names) await on(name, change);
    };
    const outcome = await read(changing).then(
      ({ value }) => value,
      (error: unknown) => error,
    );
    for (const name of names) await on(name, undo);
    // Begun anew on the other server, or refused because it had shown something already.
    if (outcome !== 0) expect(outcome).toMatchObject({ code: expect.stringMatching(/^[A-Z_]+$/), retryable: true });
    expect((await read(async () => undefined)).value).toBe(0);
  });
});
