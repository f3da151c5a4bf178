import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../src/database/migrations/migrate.ts';
import {
  OrdersPresentError,
  type SeedOptions,
  seedOrders,
  TablesMissingError,
} from '../../src/orders/seed/seed-orders.ts';
import { openDirectConnection } from '../../src/servers/direct-connection.ts';
import { migrationsDirectory, startDatabaseServer } from '../support/orders-database.ts';

let server: Awaited<ReturnType<typeof startDatabaseServer>>;
let url: string;

const seed = (options: Partial<SeedOptions> = {}) =>
  seedOrders({
    url,
    orders: 1200,
    seed: 1,
    until: new Date('2026-11-01'),
    existing: 'refuse',
    mirrored: false,
    progress: () => undefined,
    ...options,
  });

async function query<Row>(sql: string): Promise<Row[]> {
  const connection = await openDirectConnection(url);
  const rows: Row[] = await connection.query<Row[]>(sql).finally(() => connection.end());
  return rows;
}
const everything = async () => [
  await query('SELECT * FROM orders ORDER BY id'),
  await query('SELECT * FROM order_items ORDER BY order_id, line'),
];

beforeAll(async () => {
  server = await startDatabaseServer();
});
afterAll(() => server?.stop());
beforeEach(async () => {
  url = await server.newDatabase();
});

describe('seeding', () => {
  it('needs the tables', async () => {
    await expect(seed()).rejects.toBeInstanceOf(TablesMissingError);
  });

  describe('a migrated database', () => {
    beforeEach(async () => {
      await migrate({ url, directory: migrationsDirectory, log: () => undefined });
    });

    it('reports progress and writes orders whose totals match their items', async () => {
      const progress: string[] = [];
      expect(await seed({ progress: (done, of) => progress.push(`${done}/${of}`) })).toBe(1200);
      expect(progress).toEqual(['500/1200', '1000/1200', '1200/1200']);
      const wrong = await query(`SELECT o.id FROM orders o LEFT JOIN
        (SELECT order_id, SUM(quantity * unit_price) AS total FROM order_items GROUP BY order_id) i ON i.order_id = o.id
        WHERE i.total IS NULL OR i.total <> o.total`);
      expect(wrong).toEqual([]);
    });

    it('tells the outbox of every order, and of those that are gone', async () => {
      const named = () =>
        query<{ n: bigint; due: bigint }>(
          "SELECT COUNT(DISTINCT record_key) AS n, COUNT(DISTINCT IF(due_at <= UTC_TIMESTAMP(3), record_key, NULL)) AS due FROM outbox WHERE model = 'Order'",
        );
      await seed();
      expect(await named()).toEqual([{ n: 0n, due: 0n }]);
      await seed({ existing: 'replace', orders: 700, mirrored: true });
      expect(await named()).toEqual([{ n: 1200n, due: 1200n }]);
      await seed({ existing: 'append', orders: 600, seed: 2, mirrored: true });
      expect(await named()).toEqual([{ n: 1300n, due: 1300n }]);
    });

    it('leaves existing orders alone by default, and adds or replaces on request', async () => {
      await seed();
      const first = await everything();
      await expect(seed()).rejects.toBeInstanceOf(OrdersPresentError);
      expect(await everything()).toEqual(first);
      await seed({ existing: 'append', orders: 700, seed: 2 });
      expect(await query('SELECT COUNT(*) AS n FROM orders')).toEqual([{ n: 1900n }]);
      await seed({ existing: 'replace' });
      expect(await everything()).toEqual(first);
    });
  });
});
