import type { Connection } from 'mariadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrdersDatabase, OrdersTransaction } from '../../src/database/orders/orders-client.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { migrateOrders, newOrder, openEngine, TestClient } from '../support/engine.ts';
import { startTestCluster, type TestCluster, testFlavour } from '../support/test-cluster.ts';
import { until } from '../support/until.ts';

// Work that goes on after its transaction has ended on the server: all of it is there in the end, or nothing.
let cluster: TestCluster;
let admin: Connection;
let database: OrdersDatabase;

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 0 });
  await migrateOrders(cluster);
  admin = await cluster.admin('source');
  // Deadlocks are made step by step, which takes a busy machine long.
  database = await openEngine(cluster, { transactionTimeoutMs: 60_000 });
});

afterAll(async () => {
  await database.stop();
  await admin.end();
  await cluster.stop();
});

const isMariadb = () => cluster.cluster.flavour === 'mariadb';
const swallow = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    () => 'failed',
  );
const write = <T>(work: (tx: OrdersTransaction) => Promise<T>) => new TestClient(database).write(work);
const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing went wrong',
    (error: unknown) => error,
  );

/** How often each of these orders is there. */
async function counts(...orders: { number: string }[]): Promise<number[]> {
  const found: number[] = [];
  for (const { number } of orders) {
    const [row] = await admin.query('SELECT COUNT(*) AS n FROM orders WHERE number = ?', [number]);
    found.push(Number(row.n));
  }
  return found;
}

async function connectionId(tx: OrdersTransaction): Promise<number> {
  const [row] = await tx.$queryRaw<{ id: bigint }[]>`SELECT CONNECTION_ID() AS id`;
  return Number(row?.id);
}

async function existing(count: number) {
  const orders = Array.from({ length: count }, newOrder);
  await write((tx) => tx.order.createMany({ data: orders }));
  return orders;
}

/** Somebody who has changed more than the transaction, so that the transaction is the victim, and waits for its lock. */
async function meetInDeadlock(tx: OrdersTransaction) {
  const [mine, theirs, ...others] = await existing(12);
  if (mine === undefined || theirs === undefined) throw new Error('no orders');
  const touch = (number: string) => tx.$executeRaw`UPDATE orders SET version = version + 1 WHERE number = ${number}`;
  await touch(mine.number);
  const other = await cluster.admin('source');
  await other.query('BEGIN');
  // One by one: a list of most rows would be looked for in all of the table, and lock it.
  for (const { number } of [theirs, ...others]) {
    await other.query('UPDATE orders SET version = version + 1 WHERE number = ?', [number]);
  }
  const waiting = other.query('UPDATE orders SET version = version + 1 WHERE number = ?', [mine.number]);
  await waits(other.threadId as number);
  return {
    fails: () => touch(theirs.number),
    over: async () => {
      await waiting;
      await other.query('ROLLBACK');
      await other.end();
    },
  };
}

/** The server looks anew only for whoever has not asked within the last tenth of a second: asking more often, one sees the same for ever. */
const innodbLooksEveryMs = 150;

async function waits(thread: number): Promise<void> {
  const isWaiting = async () => {
    const [row] = await admin.query(
      "SELECT COUNT(*) AS n FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = ? AND trx_state = 'LOCK WAIT'",
      [thread],
    );
    return Number(row.n) > 0;
  };
  await until('waits for a lock', isWaiting, { everyMs: innodbLooksEveryMs });
}

describe('work that goes on after a deadlock', () => {
  it('is run again whole, and is there once', async () => {
    const [before, after] = [newOrder(), newOrder()];
    let tries = 0;
    const { value, position } = await write(async (tx) => {
      tries += 1;
      await tx.order.create({ data: before });
      if (tries === 1) {
        const deadlock = await meetInDeadlock(tx);
        expect(await swallow(deadlock.fails())).toBe('failed');
        await deadlock.over();
        expect(await rejection(tx.order.create({ data: after }))).toMatchObject({ code: 'TRANSACTION_ROLLED_BACK' });
        expect(await counts(before, after)).toEqual([0, 0]);
        return tries;
      }
      await tx.order.create({ data: after });
      return tries;
    });
    expect(value).toBe(2);
    expect(position).not.toBeNull();
    expect(await counts(before, after)).toEqual([1, 1]);
  });

  it('and then refuses by itself leaves nothing', async () => {
    const [before, after] = [newOrder(), newOrder()];
    let tries = 0;
    const error = await rejection(
      write(async (tx) => {
        tries += 1;
        await tx.order.create({ data: before });
        if (tries === 1) {
          const deadlock = await meetInDeadlock(tx);
          await swallow(deadlock.fails());
          await deadlock.over();
        }
        await swallow(tx.order.create({ data: after }));
        throw new Error('refused');
      }),
    );
    expect(error).toMatchObject({ message: 'refused' });
    expect(tries).toBe(2);
    expect(await counts(before, after)).toEqual([0, 0]);
  });

  it('with statements that were asked for together is run again whole', async () => {
    const [before, with1, with2] = [newOrder(), newOrder(), newOrder()];
    let tries = 0;
    await write(async (tx) => {
      tries += 1;
      await tx.order.create({ data: before });
      const deadlock = tries === 1 ? await meetInDeadlock(tx) : null;
      await Promise.allSettled([
        deadlock?.fails(),
        tx.order.create({ data: with1 }),
        tx.$executeRaw`INSERT INTO orders (number, user_id, total, currency) VALUES (${with2.number}, 1, 1, 'EUR')`,
      ]);
      await deadlock?.over();
    });
    expect(tries).toBe(2);
    expect(await counts(before, with1, with2)).toEqual([1, 1, 1]);
  });

  it('in a transaction of the client alone is refused before it begins', async () => {
    const order = newOrder();
    const client = database.openSession({
      session: new TestClient(database).session,
      intent: { level: 'SESSION', whenBehind: 'WAIT', waitMs: 50, maxStalenessMs: null },
      writes: true,
    });
    const error = await rejection(
      client.run(async () => client.client.$transaction(async (tx) => tx.order.create({ data: order }))),
    );
    client.end();
    expect(error).toMatchObject({ code: 'NOT_A_READ' });
    expect(await counts(order)).toEqual([0]);
  });

  it('that came of a changed snapshot is run again whole', async (context) => {
    if (!isMariadb()) return context.skip('innodb_snapshot_isolation is a variable of MariaDB alone');
    const [row] = await existing(1);
    const [before, after] = [newOrder(), newOrder()];
    const number = row?.number ?? '';
    let tries = 0;
    await write(async (tx) => {
      tries += 1;
      await tx.$executeRaw`SET SESSION innodb_snapshot_isolation = ON`;
      await tx.order.create({ data: before });
      await tx.order.findUnique({ where: { number } });
      if (tries === 1) await admin.query('UPDATE orders SET version = version + 1 WHERE number = ?', [number]);
      await swallow(tx.order.update({ where: { number }, data: { userId: 5n } }));
      await swallow(tx.order.create({ data: after }));
    });
    expect(tries).toBe(2);
    expect(await counts(before, after)).toEqual([1, 1]);
  });
});

describe('work that goes on after an error that keeps the transaction', () => {
  it.each([
    [
      'a number that is taken',
      async (tx: OrdersTransaction, taken: string) => tx.order.create({ data: { ...newOrder(), number: taken } }),
    ],
    [
      'a killed statement',
      async (tx: OrdersTransaction) => {
        const id = await connectionId(tx);
        const asleep = tx.$executeRaw`DELETE FROM orders WHERE number = 'none' OR SLEEP(30)`;
        const killed = swallow(asleep);
        await until('the statement runs', async () => {
          const rows: unknown[] = await admin.query(
            "SELECT 1 FROM information_schema.processlist WHERE id = ? AND info LIKE 'DELETE%'",
            [id],
          );
          return rows.length > 0;
        });
        await admin.query(`KILL QUERY ${id}`);
        expect(await killed).toBe('failed');
        throw new Error('killed');
      },
    ],
    [
      'a lock that was not given in time',
      async (tx: OrdersTransaction, taken: string) => {
        const other = await cluster.admin('source');
        await other.query('BEGIN');
        await other.query('UPDATE orders SET version = version + 1 WHERE number = ?', [taken]);
        try {
          await tx.$executeRaw`SET SESSION innodb_lock_wait_timeout = 1`;
          await tx.order.update({ where: { number: taken }, data: { userId: 3n } });
        } finally {
          await other.query('ROLLBACK');
          await other.end();
        }
      },
    ],
    ['a text that is no statement', async (tx: OrdersTransaction) => tx.$executeRawUnsafe('SELECT FROM')],
  ])('such as %s is committed as it stands', async (_, fail) => {
    const [taken] = await existing(1);
    const [before, after] = [newOrder(), newOrder()];
    let tries = 0;
    await write(async (tx) => {
      tries += 1;
      await tx.order.create({ data: before });
      expect(await swallow(fail(tx, taken?.number ?? ''))).toBe('failed');
      await tx.order.create({ data: after });
    });
    expect(tries).toBe(1);
    expect(await counts(before, after)).toEqual([1, 1]);
  });
});

const grantExecute = () =>
  admin.query(`GRANT EXECUTE ON orders.* TO '${cluster.cluster.credentials.app.user}'@'127.0.0.1'`);

describe('a statement that would end the transaction', () => {
  it.each([
    'COMMIT',
    'rollback work',
    'BEGIN',
    'START TRANSACTION READ ONLY',
    'SET autocommit = 1',
    'SET SESSION completion_type = 1',
    'CREATE TABLE half (id INT)',
    '/* why */ -- so\n create table half (id INT)',
    '/*! CREATE TABLE half (id INT) */',
    '# so\nDROP TABLE IF EXISTS half',
    'ALTER TABLE orders COMMENT = "x"',
    'LOCK TABLES orders WRITE',
    'UNLOCK TABLES',
    'ANALYZE TABLE orders',
    'FLUSH STATUS',
    "XA START 'x'",
    'TRUNCATE TABLE idempotency_keys',
  ])('is refused: %s', async (sql) => {
    const [before, after] = [newOrder(), newOrder()];
    const refused = await rejection(
      write(async (tx) => {
        await tx.order.create({ data: before });
        await tx.$executeRawUnsafe(sql);
      }),
    );
    expect(refused).toMatchObject({ code: 'STATEMENT_ENDS_TRANSACTION', retryable: false });
    expect(await counts(before)).toEqual([0]);
    await write(async (tx) => {
      await tx.order.create({ data: before });
      await swallow(tx.$executeRawUnsafe(sql));
      await tx.order.create({ data: after });
    });
    expect(await counts(before, after)).toEqual([1, 1]);
  });

  it.each([
    ['commits', 'COMMIT'],
    ['commits and begins anew', 'COMMIT; START TRANSACTION'],
    ['rolls back and begins anew', 'ROLLBACK; START TRANSACTION'],
    ['makes a table and fails', "CREATE TABLE IF NOT EXISTS made (id INT); SIGNAL SQLSTATE '45000'"],
  ])('inside of a procedure that %s is noticed, and nothing more is written', async (what, body) => {
    const name = `p_${what.replaceAll(' ', '_')}`;
    await grantExecute();
    await admin.query(`CREATE PROCEDURE ${name}() BEGIN ${body}; END`);
    const [before, after] = [newOrder(), newOrder()];
    const error = await rejection(
      write(async (tx) => {
        await tx.order.create({ data: before });
        await swallow(tx.$executeRawUnsafe(`CALL ${name}()`));
        await swallow(tx.order.create({ data: after }));
      }),
    );
    expect(error).toMatchObject({ code: 'WRITE_NOT_ATOMIC', retryable: false });
    expect((await counts(after))[0]).toBe(0);
  });

  it('is not a procedure that leaves it alone', async () => {
    await grantExecute();
    await admin.query(
      'CREATE PROCEDURE p_harmless(IN n VARCHAR(64)) INSERT INTO orders (number, user_id, total, currency) VALUES (n, 1, 1, "EUR")',
    );
    const [before, called] = [newOrder(), newOrder()];
    await write(async (tx) => {
      await tx.order.create({ data: before });
      await tx.$executeRaw`CALL p_harmless(${called.number})`;
    });
    expect(await counts(before, called)).toEqual([1, 1]);
  });
});

describe('work that goes on after its connection was ended', () => {
  const killed = async (id: number) => admin.query(`KILL ${id}`);

  it('because it was killed leaves nothing', () => leavesNothing((_, id) => killed(id)));

  it('because its session was ended while a statement ran leaves nothing', () =>
    leavesNothing(async (tx, id) => {
      const asleep = swallow(tx.$queryRaw`SELECT SLEEP(60)`);
      await until('it sleeps', async () => {
        const rows: unknown[] = await admin.query(
          "SELECT 1 FROM information_schema.processlist WHERE id = ? AND info LIKE '%SLEEP%'",
          [id],
        );
        return rows.length > 0;
      });
      await killed(id);
      expect(await asleep).toBe('failed');
    }));

  // MySQL has no limit that counts within transactions only; the one of the session is MariaDB's as well.
  it.skipIf(testFlavour() === 'mysql')('because it was idle for too long in its transaction leaves nothing', () =>
    leavesNothing(async (tx) => tx.$executeRaw`SET SESSION idle_write_transaction_timeout = 1`),
  );

  it('because its session was idle for too long leaves nothing', () =>
    leavesNothing(async (tx) => tx.$executeRaw`SET SESSION wait_timeout = 1`));

  async function leavesNothing(end: (tx: OrdersTransaction, id: number) => Promise<unknown>): Promise<void> {
    const [before, after] = [newOrder(), newOrder()];
    const error = await rejection(
      write(async (tx) => {
        await tx.order.create({ data: before });
        const id = await connectionId(tx);
        await end(tx, id);
        await until('the connection is gone', async () => {
          const rows: unknown[] = await admin.query('SELECT 1 FROM information_schema.processlist WHERE id = ?', [id]);
          return rows.length === 0;
        });
        await swallow(tx.order.create({ data: after }));
        await swallow(tx.order.create({ data: after }));
      }),
    );
    expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(await counts(before, after)).toEqual([0, 0]);
  }
});

describe('work whose time is over', () => {
  it('in the middle of a call that is several statements leaves nothing', async () => {
    const [taken] = await existing(1);
    const number = taken?.number ?? '';
    const hurried = await openEngine(cluster, { transactionTimeoutMs: 300 });
    const other = await cluster.admin('source');
    await other.query('BEGIN');
    await other.query('UPDATE orders SET version = version + 1 WHERE number = ?', [number]);
    const items = { create: [{ line: 1, sku: 'TIDE-1', name: 'Tide table', quantity: 1, unitPrice: '1.00' }] };
    const error = rejection(
      new TestClient(hurried).write((tx) => tx.order.update({ where: { number }, data: { userId: 77n, items } })),
    );
    await until('it waits for the lock', async () => {
      const rows: unknown[] = await admin.query(
        "SELECT 1 FROM information_schema.processlist WHERE info LIKE 'UPDATE%orders%' AND user = ?",
        [cluster.cluster.credentials.app.user],
      );
      return rows.length > 0;
    });
    await systemClock.sleep(1000);
    await other.query('ROLLBACK');
    await other.end();
    expect(await error).toMatchObject({ code: 'STATEMENT_TIMEOUT' });
    await hurried.stop();
    const [left] = await admin.query(
      'SELECT user_id AS userId, COUNT(line) AS items FROM orders LEFT JOIN order_items ON order_id = id WHERE number = ? GROUP BY id',
      [number],
    );
    expect([Number(left.userId), Number(left.items)]).toEqual([Number(taken?.userId), 0]);
  });
});

describe('what writes outside of a write', () => {
  const number = `stray-${process.pid}`;
  const insert = `INSERT INTO orders (number, user_id, total, currency) VALUES ('${number}', 1, 1, 'EUR')`;

  beforeAll(async () => {
    await grantExecute();
    await admin.query(`CREATE PROCEDURE p_stray() ${insert}`);
    await admin.query(
      `CREATE FUNCTION f_stray() RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN ${insert}; RETURN 1; END`,
    );
    await write((tx) => tx.order.create({ data: { ...newOrder(), number: `${number}-kept` } }));
  });

  type Reader = { $queryRawUnsafe(sql: string): Promise<unknown[]>; readonly [way: string]: unknown };
  const strong = <T>(work: (client: Reader) => Promise<T>) =>
    new TestClient(database).read((client) => work(client as unknown as Reader), { level: 'STRONG' });

  it.each([
    insert,
    `DELETE FROM orders WHERE number LIKE 'stray-%'`,
    `UPDATE orders SET version = 9 WHERE number <> ';' AND number LIKE 'stray-%'`,
    `/*! ${insert} */`,
    `REPLACE INTO orders (number, user_id, total, currency) VALUES ('${number}', 1, 1, 'EUR')`,
    'CALL p_stray()',
    'SELECT f_stray()',
    'DO f_stray()',
    "PREPARE stray FROM 'SELECT f_stray()'",
    'TRUNCATE TABLE idempotency_keys',
  ])('is refused where the session reads, the source too: %s', async (sql) => {
    const error = await rejection(strong((client) => client.$queryRawUnsafe(sql)));
    if (sql.startsWith('PREPARE')) await swallow(strong((client) => client.$queryRawUnsafe('EXECUTE stray')));
    else expect(error).toMatchObject({ code: sql.startsWith('TRUNCATE') ? expect.any(String) : 'NOT_A_READ' });
    expect(await counts({ number }, { number: `${number}-kept` })).toEqual([0, 1]);
    const [kept] = await admin.query('SELECT version FROM orders WHERE number = ?', [`${number}-kept`]);
    expect(Number(kept.version)).toBe(1);
  });

  it('is refused after a text that announces a write, and no later user sees what it leaves', async () => {
    const begun = [
      'BEGIN',
      'START TRANSACTION READ WRITE',
      'SET TRANSACTION READ WRITE',
      'SET SESSION TRANSACTION READ WRITE',
    ];
    for (const text of begun) {
      await swallow(strong((client) => client.$queryRawUnsafe(text)));
      for (let turn = 0; turn < 12; turn += 1) await swallow(strong((client) => client.$queryRawUnsafe(insert)));
    }
    expect(await counts({ number })).toEqual([0]);
    const [open] = await admin.query('SELECT COUNT(*) AS n FROM information_schema.innodb_trx');
    expect(Number(open.n)).toBe(0);
  });

  it('finds no way round the session', async () => {
    for (const way of ['$primary', '$replica']) {
      const error = await rejection(strong(async (client) => (client[way] as () => unknown)()));
      expect(error).toMatchObject({ code: 'NOT_A_READ' });
    }
  });

  it('is refused beside the transaction of a write as well', async () => {
    const client = new TestClient(database);
    const error = await rejection(
      client.write(async (tx) => {
        await tx.order.create({ data: newOrder() });
        await strong((reader) => reader.$queryRawUnsafe(insert));
      }),
    );
    expect(error).toMatchObject({ code: 'NOT_A_READ' });
    expect(await counts({ number })).toEqual([0]);
  });
});

describe('a connection', () => {
  it('that was changed is not used again', async () => {
    const ids = new Set<number>();
    const changed = await write(async (tx) => {
      await tx.$executeRaw`SET SESSION sql_mode = '', @left = 1`;
      return connectionId(tx);
    });
    for (let turn = 0; turn < 20; turn += 1) ids.add((await write(connectionId)).value);
    expect(ids.has(changed.value)).toBe(false);
  });
});
