import { PrismaClient } from '../../prisma/generated/orders/client.ts';
import { closeNodeClients, makeNodeClients } from '../../src/database/clients/node-clients.ts';
import { migrate } from '../../src/database/migrations/migrate.ts';
import { DatabaseScope } from '../../src/database/session/database-scope.ts';
import { mirroredOrders } from '../../src/orders/mirrored-orders.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { Connection } from '../../src/servers/connection.ts';
import { openDirectConnection } from '../../src/servers/direct-connection.ts';
import { migrationsDirectory, startDatabaseServer } from './orders-database.ts';

export type MirroredWrites = {
  readonly client: PrismaClient;
  readonly admin: Connection;
  readonly url: string;
  /** How often the hook was called. */
  readonly wakeUps: () => number;
  /** Back to a few known orders, and an empty outbox. */
  reset(): Promise<void>;
  /** Each order with its items as text, by id. */
  records(): Promise<Map<string, string>>;
  /** Keys of records that the outbox names, without repetition, in order. */
  named(): Promise<string[]>;
  stop(): Promise<void>;
};

/** Orders 1 to 5; order n has n - 1 items and costs n. */
export async function startMirroredWrites(): Promise<MirroredWrites> {
  const server = await startDatabaseServer();
  const url = await server.newDatabase();
  await migrate({ url, directory: migrationsDirectory, log: () => undefined });
  const { hostname, port, username, password, pathname } = new URL(url);
  let wakeUps = 0;
  const clients = makeNodeClients<PrismaClient>(
    {
      name: 'source',
      host: hostname,
      port: Number(port),
      user: username,
      password: decodeURIComponent(password),
      database: pathname.slice(1),
      tls: null,
    },
    {
      pool: { connectionsPerNode: 10, acquireTimeoutMs: 10_000, statementTimeoutMs: 20_000 },
      makeClient: ({ adapter }) => new PrismaClient({ adapter }),
      scope: new DatabaseScope('orders'),
      clock: systemClock,
      mirroring: {
        mirrored: mirroredOrders,
        onAppended: () => {
          wakeUps += 1;
        },
      },
    },
  );
  const admin = await openDirectConnection(url);
  const reset = async () => {
    for (const table of ['order_items', 'orders', 'outbox', 'idempotency_keys'])
      await admin.query(`DELETE FROM ${table}`);
    const ids = [1, 2, 3, 4, 5];
    const orders = ids.map((id) => `(${id}, 'T-${id}', ${id % 2}, ${id}, 'EUR')`);
    await admin.query(`INSERT INTO orders (id, number, user_id, total, currency) VALUES ${orders.join(', ')}`);
    const items = ids.flatMap((id) =>
      ids.slice(0, id - 1).map((line) => `(${id}, ${line}, 'sku', 'name', ${line}, 1)`),
    );
    await admin.query(
      `INSERT INTO order_items (order_id, line, sku, name, quantity, unit_price) VALUES ${items.join(', ')}`,
    );
  };
  return {
    client: clients.direct,
    admin,
    url,
    wakeUps: () => wakeUps,
    reset,
    async records() {
      const records = new Map<string, string[]>();
      for (const row of await admin.query<Record<string, unknown>[]>('SELECT * FROM orders'))
        records.set(String(row.id), [textOf(row)]);
      for (const row of await admin.query<Record<string, unknown>[]>(
        'SELECT * FROM order_items ORDER BY order_id, line',
      )) {
        records.get(String(row.order_id))?.push(textOf(row));
      }
      return new Map([...records].map(([key, texts]) => [key, texts.join()]));
    },
    async named() {
      const rows: { k: string }[] = await admin.query(
        "SELECT DISTINCT record_key AS k FROM outbox WHERE model = 'Order' ORDER BY CAST(record_key AS SIGNED)",
      );
      return rows.map(({ k }) => k);
    },
    async stop() {
      await closeNodeClients(clients);
      await admin.end();
      await server.stop();
    },
  };
}

/** Keys of records that differ. */
export function differing(before: Map<string, string>, after: Map<string, string>): string[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => before.get(key) !== after.get(key)).toSorted((a, b) => Number(a) - Number(b));
}

function textOf(row: Record<string, unknown>): string {
  return JSON.stringify(Object.values(row).map(String));
}
