// Two primaries of a group that change the same row: certification lets one of them win, and the other one's COMMIT fails with
// 3101, or with 1180 if it was not certified yet. MySQL only: MariaDB has no such thing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WriteContendedError } from '../../src/database/errors.ts';
import type { OrdersDatabase } from '../../src/database/orders/orders-client.ts';
import { faultOf } from '../../src/servers/faults.ts';
import { migrateOrders, openEngine, TestClient } from '../support/engine.ts';
import { startTestCluster, type TestCluster, testFlavour } from '../support/test-cluster.ts';
import { until } from '../support/until.ts';

const skipped = testFlavour() !== 'mysql';
const members = ['member-1', 'member-2', 'member-3'];
const increment = 'UPDATE orders.counted SET n = n + 1 WHERE id = 1';

let group: TestCluster;
let database: OrdersDatabase;

async function on(name: string, ...statements: readonly string[]): Promise<{ n?: unknown }[]> {
  const admin = await group.admin(name);
  try {
    let rows: { n?: unknown }[] = [];
    for (const statement of statements) rows = await admin.query(statement);
    return rows;
  } finally {
    await admin.end();
  }
}

describe.skipIf(skipped)('two primaries of a group', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    group = await startTestCluster({ flavour: 'mysql', topology: 'group' });
    await migrateOrders(group);
    await on(
      'member-1',
      'CREATE TABLE orders.counted (id INT PRIMARY KEY, n INT NOT NULL)',
      'INSERT INTO orders.counted VALUES (1, 0)',
      'SELECT group_replication_switch_to_multi_primary_mode()',
    );
    database = await openEngine(group);
  }, 300_000);
  afterAll(async () => {
    await database?.stop();
    await group?.stop();
  });

  it('that change one row: what is rolled back with 3101 or 1180 is carried out again, once', async () => {
    const refused: unknown[] = [];
    let counted = 0;
    let done = false;
    // Beside the engine, on another primary.
    const other = await group.admin('member-2');
    const competing = (async () => {
      while (!done) {
        try {
          await other.query('BEGIN');
          await other.query(increment);
          await other.query('COMMIT');
          counted += 1;
        } catch (error) {
          refused.push(error);
        }
      }
    })();
    const written = { done: 0, contended: 0 };
    try {
      const client = new TestClient(database);
      await until('both were refused and carried out', async () => {
        try {
          await client.write(async (tx) => tx.$executeRawUnsafe(increment));
          written.done += 1;
        } catch (error) {
          expect(error).toBeInstanceOf(WriteContendedError);
          written.contended += 1;
        }
        return written.done >= 50 && counted >= 5 && [3101, 1180].every((errno) => met(refused, errno).length > 0);
      });
    } finally {
      done = true;
      await competing;
      await other.end();
    }
    for (const errno of [3101, 1180])
      expect(new Set(met(refused, errno).map(faultOf))).toEqual(new Set(['GROUP_ROLLED_BACK']));
    expect(refused.filter((error) => !['GROUP_ROLLED_BACK', 'DEADLOCK'].includes(faultOf(error)))).toEqual([]);
    for (const name of members) {
      await until('every member has all of it', async () => {
        const [row] = await on(name, 'SELECT n AS n FROM orders.counted');
        return Number(row?.n) === counted + written.done;
      });
    }
  });
});

const met = (errors: readonly unknown[], errno: number) =>
  errors.filter((error) => error instanceof Error && 'errno' in error && error.errno === errno);
