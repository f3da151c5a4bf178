import type { Connection } from 'mariadb';
import { migrate } from '../../src/database/migrations/migrate.ts';
import { ourMigrations } from '../../src/database/orders/our-migrations.ts';
import { Mirror, type MirrorOptions } from '../../src/mirror/mirror.ts';
import { mirroredOrders } from '../../src/orders/mirrored-orders.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { flavourOf } from '../../src/servers/known-flavours.ts';
import type { ServerAddress } from '../../src/servers/server-address.ts';
import { startTestCluster, type TestCluster } from './test-cluster.ts';

export const backupMigrations = ourMigrations('backup');
const patienceMs = 60_000;

/** A source and a backup with their tables, and hands to write to either. */
export class MirroredOrders {
  readonly cluster: TestCluster;
  #mirrors = 0;

  static async start({ replicas = 0 } = {}): Promise<MirroredOrders> {
    const cluster = await startTestCluster({ replicas, backup: true, redis: false });
    const log = () => undefined;
    await migrate({ url: cluster.adminUrl('source'), directory: ourMigrations('orders'), log });
    await migrate({ url: cluster.adminUrl('backup'), directory: backupMigrations, log });
    return new MirroredOrders(cluster);
  }

  private constructor(cluster: TestCluster) {
    this.cluster = cluster;
  }

  stop(): Promise<void> {
    return this.cluster.stop();
  }

  address(name: string): ServerAddress {
    const { host, port } = this.cluster.node(name);
    return { name, host, port, ...this.cluster.cluster.credentials.app, database: 'orders', tls: null };
  }

  /** Not started. */
  mirror(options: Partial<MirrorOptions> = {}): Mirror {
    this.#mirrors += 1;
    return new Mirror({
      models: mirroredOrders,
      source: () => this.address('source'),
      backup: this.address('backup'),
      workerName: `test-${process.pid}-${this.#mirrors}`,
      prepareBackup: null,
      clock: systemClock,
      random: Math.random,
      log: createLog({ level: process.env.TIDEMARK_TEST_LOG ? 'debug' : 'silent', format: 'json' }),
      ...options,
      limits: { checkIntervalMs: 0, leaseMs: 2000, ...options.limits },
    });
  }

  /** Runs `work` while a mirror runs. */
  async mirroring<T>(work: (mirror: Mirror) => Promise<T>, options: Partial<MirrorOptions> = {}): Promise<T> {
    const mirror = this.mirror(options);
    mirror.start();
    try {
      return await work(mirror);
    } finally {
      await mirror.stop();
    }
  }

  async on<T>(name: 'source' | 'backup', work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.cluster.admin(name);
    try {
      return await work(connection);
    } finally {
      await connection.end();
    }
  }

  /** One transaction that writes orders with two items each, and says so in the outbox. */
  async create(ids: readonly number[], { told = true, note = 'new' } = {}): Promise<void> {
    await this.on('source', async (connection) => {
      await connection.beginTransaction();
      const orders = ids.map((id) => [id, `T-${id}`, 7, '25.10', 'EUR', null]);
      const items = ids.flatMap((id) => [
        [id, 1, `sku-${id}`, `Lampe "größer" \\ ${note}`, 2, '12.50'],
        [id, 2, 'b,c', "it's; 日本 🙂", 1, '0.10'],
      ]);
      await connection.batch(
        'INSERT INTO orders (id, number, user_id, total, currency, charge) VALUES (?, ?, ?, ?, ?, ?)',
        orders,
      );
      await connection.batch('INSERT INTO order_items VALUES (?, ?, ?, ?, ?, ?)', items);
      if (told) await flavourOf(connection).outbox.append(connection, ids.map(orderRecord));
      await connection.commit();
    });
  }

  /** One transaction of any statements about these orders, told to the outbox unless it is a stray one. */
  async change(ids: readonly number[], statements: readonly string[], { told = true } = {}): Promise<void> {
    await this.on('source', async (connection) => {
      await connection.beginTransaction();
      for (const statement of statements) await connection.query(statement);
      if (told) await flavourOf(connection).outbox.append(connection, ids.map(orderRecord));
      await connection.commit();
    });
  }

  /** Everything in the mirrored tables, as the server prints it. */
  async contents(name: 'source' | 'backup'): Promise<unknown> {
    return this.on(name, async (connection) => {
      const read = (sql: string) => connection.query({ sql, dateStrings: true, bigIntAsNumber: true });
      return [
        await read('SELECT * FROM orders ORDER BY id'),
        await read('SELECT * FROM order_items ORDER BY order_id, line'),
      ];
    });
  }

  async depth(): Promise<{ waiting: number; parked: number }> {
    return this.on('source', async (connection) => {
      const rows = await connection.query(
        'SELECT SUM(parked_at IS NULL) AS w, SUM(parked_at IS NOT NULL) AS p FROM outbox',
      );
      return { waiting: Number(rows[0].w ?? 0), parked: Number(rows[0].p ?? 0) };
    });
  }

  async settled(): Promise<void> {
    await eventually(async () => (await this.depth()).waiting === 0);
  }

  /** Both sides and the outbox empty. */
  async clear(): Promise<void> {
    for (const name of ['source', 'backup'] as const) {
      await this.on(name, async (connection) => {
        const tables = name === 'source' ? ['outbox'] : ['mirror_checkpoints', 'mirror_epochs'];
        for (const table of ['order_items', 'orders', ...tables]) await connection.query(`DELETE FROM ${table}`);
      });
    }
  }
}

const orderRecord = (id: number) => ({ model: 'Order', recordKey: String(id) });

/** Resolves once `check` holds. */
export async function eventually(check: () => Promise<boolean> | boolean): Promise<void> {
  const deadlineMs = systemClock.monotonic() + patienceMs;
  while (!(await check())) {
    if (systemClock.monotonic() > deadlineMs) throw new Error(`Not within ${patienceMs} ms: ${check}`);
    await systemClock.sleep(25);
  }
}
