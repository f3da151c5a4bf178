import { open, rename, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentFor } from '../consistency/api-process.ts';
import { caughtUp, migrateOrders } from '../support/engine.ts';
import { startApi, type TestApi } from '../support/in-process-api.ts';
import { createOrder } from '../support/orders-over-http.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { onServers } from '../support/unable-servers.ts';
import { until } from '../support/until.ts';

// One replica cannot read what the others can: its tables, its rights or its disk. What it says of that is not made up here.
const broken = 'replica-1';
let cluster: TestCluster;
let api: TestApi;
const { isMysql, on, health, found, well, app, endConnections, answers } = onServers(
  () => cluster,
  () => api,
);

beforeAll(async () => {
  cluster = await startTestCluster();
  await migrateOrders(cluster);
  api = await startApi({ ...environmentFor(cluster), STATEMENT_TIMEOUT_MS: '60000', REQUEST_TIMEOUT_MS: '90000' });
  await createOrder(api);
  for (const name of ['replica-1', 'replica-2']) await caughtUp(cluster, name);
});
afterAll(async () => {
  await api?.stop();
  await cluster?.stop();
});

/** Nobody gets an error, the server is named with what it said and serves nobody, and is back once it is whole. */
async function leftOut(code: string, said: string, breakIt: () => Promise<void>, mendIt: () => Promise<void>) {
  await well();
  await breakIt();
  try {
    expect((await answers(20)).codes).toEqual([]);
    await until('it is named', async () => (await found(code, broken)) !== undefined);
    const { verdict, nodes } = await health();
    expect(verdict).toBe('DEGRADED');
    expect((await found(code, broken))?.message).toContain(`order_items (${said})`);
    expect(nodes.find(({ name }) => name === broken)).toMatchObject({
      state: 'DEGRADED',
      trouble: expect.stringContaining(`order_items (${said})`),
    });
    const { codes, nodes: servedBy } = await answers(20);
    expect(codes).toEqual([]);
    expect(servedBy).not.toContain(broken);
  } finally {
    await mendIt();
  }
  await well();
  await until('it serves again', async () => (await answers(6)).nodes.has(broken));
}

describe('a table of an engine without a log, on one replica', () => {
  const file = (end: string) => join(cluster.node(broken).dataDirectory, 'orders', `order_items_broken.${end}`);

  async function overwrite(path: string, length: number): Promise<void> {
    const handle = await open(path, 'r+');
    await handle.write(Buffer.alloc(length, 0xa5), 0, length, 0);
    await handle.close();
  }

  it.each([
    ['whose index file is none', 'HA_ERR_NOT_A_TABLE', () => overwrite(file('MYI'), 200)],
    ['whose index file ends early', 'HA_ERR_CRASHED', () => truncate(file('MYI'), 100)],
    ['whose rows are gone', 'ER_CRASHED_ON_USAGE', () => truncate(file('MYD'), 0)],
  ])('%s keeps it from serving until it is whole (%s)', async (_, said, damage) => {
    // Nobody opens it before it is broken.
    const make = async () => {
      await on(
        broken,
        'CREATE TABLE orders.order_items_broken LIKE orders.order_items',
        'ALTER TABLE orders.order_items_broken ENGINE = MyISAM',
        'INSERT INTO orders.order_items_broken SELECT * FROM orders.order_items',
        'FLUSH TABLES orders.order_items_broken',
      );
      await damage();
      await on(
        broken,
        'RENAME TABLE orders.order_items TO orders.order_items_whole, orders.order_items_broken TO orders.order_items',
      );
    };
    await leftOut('TABLE_BROKEN', said, make, () =>
      on(
        broken,
        'RENAME TABLE orders.order_items TO orders.order_items_broken, orders.order_items_whole TO orders.order_items',
        'DROP TABLE orders.order_items_broken',
      ),
    );
  });
});

describe('a table of InnoDB, on one replica', () => {
  it('whose file was not there when the server started keeps it from serving until it is', async () => {
    const file = join(cluster.node(broken).dataDirectory, 'orders', 'order_items.ibd');
    const restartWith = async (from: string, to: string) => {
      await cluster.cluster.stopNode(broken);
      await rename(from, to);
      await cluster.cluster.startNode(broken);
    };
    await leftOut(
      'TABLE_BROKEN',
      isMysql() ? 'ER_TABLESPACE_MISSING' : 'ER_GET_ERRNO',
      () => restartWith(file, `${file}.away`),
      () => restartWith(`${file}.away`, file),
    );
  });
});

describe('the record of migrations, on one replica', () => {
  it('is named when it is what cannot be read', async () => {
    await well();
    await on(
      broken,
      'CREATE TABLE orders.kept_migrations LIKE orders._prisma_migrations',
      'INSERT INTO orders.kept_migrations SELECT * FROM orders._prisma_migrations',
      'ALTER TABLE orders._prisma_migrations DISCARD TABLESPACE',
    );
    try {
      await until('it is named', async () => (await found('TABLE_BROKEN', broken)) !== undefined);
      expect((await found('TABLE_BROKEN', broken))?.message).toContain('cannot read _prisma_migrations');
      expect((await answers(20)).codes).toEqual([]);
    } finally {
      await on(
        broken,
        'DROP TABLE orders._prisma_migrations',
        'CREATE TABLE orders._prisma_migrations LIKE orders.kept_migrations',
        'INSERT INTO orders._prisma_migrations SELECT * FROM orders.kept_migrations',
        'DROP TABLE orders.kept_migrations',
      );
    }
    await well();
  });
});

describe('a view in the place of a table, on one replica', () => {
  const whole = 'RENAME TABLE orders.order_items TO orders.order_items_whole';

  it('of a table that is gone keeps it from serving until the table is back', async () => {
    await leftOut(
      'TABLE_BROKEN',
      'ER_VIEW_INVALID',
      () =>
        on(
          broken,
          'CREATE TABLE orders.order_items_base LIKE orders.order_items',
          whole,
          'CREATE SQL SECURITY INVOKER VIEW orders.order_items AS SELECT * FROM orders.order_items_base',
          'DROP TABLE orders.order_items_base',
        ),
      () => on(broken, 'DROP VIEW orders.order_items', 'RENAME TABLE orders.order_items_whole TO orders.order_items'),
    );
  });
});

describe('a right to one column, on one replica', () => {
  it('that is missing keeps it from serving until it is there', async () => {
    const others = ['orders', 'idempotency_keys', 'outbox', 'cluster_epochs', 'cluster_servers', 'commit_proofs'];
    const revoke = async () => {
      await on(
        broken,
        `REVOKE SELECT ON orders.* FROM ${app()}`,
        ...[...others, '_prisma_migrations'].map((table) => `GRANT SELECT ON orders.${table} TO ${app()}`),
        `GRANT SELECT (order_id, line, sku, name, quantity) ON orders.order_items TO ${app()}`,
      );
      await endConnections(broken);
    };
    await leftOut('RIGHT_MISSING', 'ER_COLUMNACCESS_DENIED_ERROR', revoke, async () => {
      await on(broken, `GRANT SELECT ON orders.* TO ${app()}`);
      await endConnections(broken);
    });
  });
});
