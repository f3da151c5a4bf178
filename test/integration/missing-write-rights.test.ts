import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkServers } from '../../src/cli/check-servers.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { environmentFor } from '../consistency/api-process.ts';
import { migrateOrders } from '../support/engine.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { createOrder } from '../support/orders-over-http.ts';
import { outside } from '../support/promotion-outside.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { onServers } from '../support/unable-servers.ts';
import { until } from '../support/until.ts';
import { makeMemoryLog } from '../unit/http/tiny-server.ts';

// A source that is there, takes writes, and would not let the account carry them out: found without writing, and named.
let cluster: TestCluster;
let api: TestApi;
const { log, lines } = makeMemoryLog();

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 1, backup: true });
  await migrateOrders(cluster);
  api = await startApi(environmentFor(cluster), { log });
});
afterAll(async () => {
  await api?.stop();
  await cluster.stop();
});

const { on, health, found, well, app, endConnections, reads } = onServers(
  () => cluster,
  () => api,
);

const mutation = `mutation { createOrder(input: { userId: "1", currency: "EUR", items: [{ sku: "A", name: "A", quantity: 1, unitPrice: "1.00" }] }) { __typename } }`;
const readyToWrite = async () => (await fetch(new URL('/readyz/write', api.url))).status;
const checked = async () => {
  const read = readConfig(environmentFor(cluster));
  if (read.mode !== 'external') throw new Error('no servers');
  return checkServers(read.config);
};

/** Of the whole database, but for what is kept; whoever is connected keeps what it has, so it is sent away. */
async function revoke(node: string, rights: string, kept: readonly string[]): Promise<void> {
  await on(node, `REVOKE ${rights} ON orders.* FROM ${app()}`, ...kept.map((right) => `GRANT ${right} TO ${app()}`));
  await endConnections(node);
}

/** Nobody is sent away: what a server was told it lacks, it has as soon as that is mended. */
async function giveBack(node: string, rights: string, kept: readonly string[]): Promise<void> {
  const taken = kept.map((right) => `REVOKE ${right} FROM ${app()}`);
  await on(node, `GRANT ${rights} ON orders.* TO ${app()}`, ...taken);
}

const own = ['INSERT ON orders.cluster_epochs', 'INSERT ON orders.cluster_servers'];

describe('an account that may not write', () => {
  it('to any table of orders: the cluster does not claim to accept writes, and the grants fix it', async () => {
    await well();
    await revoke('source', 'INSERT', own);
    await until('it is named', async () => (await found('RIGHT_MISSING', 'source')) !== undefined);
    const { verdict, problems } = await health();
    expect(verdict).toBe('DOWN');
    await until('it is not ready', async () => (await readyToWrite()) === 503);
    expect((await ask(api, mutation)).code).toBe('SOURCE_UNAVAILABLE');
    const cures = problems.filter(({ code }) => code === 'RIGHT_MISSING').map(({ cure }) => cure);
    expect(cures.toSorted()).toEqual(
      ['commit_proofs', 'idempotency_keys', 'order_items', 'orders', 'outbox'].map(
        (table) => `GRANT INSERT ON \`orders\`.\`${table}\` TO the account in its URL`,
      ),
    );
    expect(problems.find(({ message }) => message.includes('write to orders:'))?.message).toContain(
      'no order can be created',
    );
    const { text, exitCode } = await checked();
    expect([exitCode, text]).toEqual([3, expect.stringContaining('GRANT INSERT ON `orders`.`outbox`')]);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'warn', msg: expect.stringContaining('Cure: GRANT INSERT ON') }),
    );
    // What it can do it goes on doing.
    expect(await reads(10)).toEqual([]);
    await giveBack('source', 'INSERT', own);
    await well();
    await until('it is ready', async () => (await readyToWrite()) === 200);
    await until('orders are written', async () => (await ask(api, mutation)).code === undefined);
  });

  it.each([
    ['UPDATE', 'outbox', 'DEGRADED', ['orders', 'idempotency_keys', 'commit_proofs', 'cluster_epochs']],
    ['DELETE', 'orders', 'DEGRADED', ['outbox', 'idempotency_keys', 'commit_proofs']],
    [
      'INSERT',
      'outbox',
      'DOWN',
      ['orders', 'order_items', 'idempotency_keys', 'commit_proofs', 'cluster_epochs', 'cluster_servers'],
    ],
    [
      'INSERT',
      'idempotency_keys',
      'DEGRADED',
      ['orders', 'order_items', 'outbox', 'commit_proofs', 'cluster_epochs', 'cluster_servers'],
    ],
  ])('%s to %s alone: the verdict is %s', async (right, table, verdict, others) => {
    await well();
    const kept = others.map((other) => `${right} ON orders.${other}`);
    await revoke('source', right, kept);
    await until('it is named', async () => (await found('RIGHT_MISSING', 'source')) !== undefined);
    const seen = await health();
    expect(seen.verdict).toBe(verdict);
    expect(seen.problems.map(({ cure }) => cure)).toEqual([
      `GRANT ${right} ON \`orders\`.\`${table}\` TO the account in its URL`,
    ]);
    await giveBack('source', right, kept);
    await well();
  });

  it('to more than single columns is well when those are the ones that are written', async () => {
    await well();
    const kept = [
      'UPDATE (status, charge, processed_at, version, updated_at) ON orders.orders',
      ...['outbox', 'idempotency_keys', 'commit_proofs', 'cluster_epochs'].map((table) => `UPDATE ON orders.${table}`),
    ];
    await revoke('source', 'UPDATE', kept);
    expect(await checked()).toMatchObject({ exitCode: 0 });
    await giveBack('source', 'UPDATE', kept);
    await well();
  });
});

describe('a trigger that acts as an account that is gone', () => {
  it('keeps orders from being created in words of our own, until it is gone as well', async () => {
    await well();
    await on(
      'source',
      "CREATE DEFINER = 'nobody'@'%' TRIGGER orders.orders_doubled BEFORE INSERT ON orders.orders FOR EACH ROW SET NEW.version = 1",
    );
    const admin = await cluster.admin('source');
    try {
      await expect(
        admin.query("INSERT INTO orders.orders (number, user_id, total, currency) VALUES ('x', 1, 1, 'EUR')"),
      ).rejects.toMatchObject({ errno: 1449 });
      expect((await ask(api, mutation)).code).toBe('SOURCE_UNAVAILABLE');
    } finally {
      await admin.query('SET SESSION sql_log_bin = 0');
      await admin.query('DROP TRIGGER orders.orders_doubled');
      await admin.end();
    }
    expect((await ask(api, mutation)).code).toBeUndefined();
  });
});

describe('a lock of the whole server, as a backup takes it', () => {
  it('says nothing of the account, at a start neither', async () => {
    await well();
    const holder = await cluster.admin('source');
    await holder.query('FLUSH TABLES WITH READ LOCK');
    try {
      const { text, exitCode } = await checked();
      expect([exitCode, text]).toEqual([0, expect.not.stringContaining('RIGHT_MISSING')]);
      expect(await reads(10)).toEqual([]);
    } finally {
      await holder.query('UNLOCK TABLES');
      await holder.end();
    }
    await well();
    await createOrder(api);
  });
});

describe('asking', () => {
  it('writes nothing: no server is a transaction further after a probe', async () => {
    await well();
    const admin = await cluster.admin('source');
    const sql = cluster.cluster.flavour === 'mysql' ? '@@GLOBAL.gtid_executed' : '@@GLOBAL.gtid_binlog_pos';
    const position = async () => (await admin.query(`SELECT ${sql} AS at`))[0].at;
    const rows = async () => Number((await admin.query('SELECT COUNT(*) AS n FROM orders.orders'))[0].n);
    await until('the mirror rests', async () => {
      const before = await position();
      await new Promise((resolve) => setTimeout(resolve, 500));
      return before === (await position());
    });
    const before = [await position(), await rows()];
    await checked();
    expect([await position(), await rows()]).toEqual(before);
    await admin.end();
  });
});

describe('a server that is promoted', () => {
  // The last: nobody follows whom afterwards.
  it('and lacks a right that the former source had is named as soon as it takes writes', async () => {
    await well();
    const kept = ['outbox', 'order_items', 'idempotency_keys', 'commit_proofs', 'cluster_epochs', 'cluster_servers'];
    await revoke(
      'replica-1',
      'INSERT',
      kept.map((table) => `INSERT ON orders.${table}`),
    );
    await well();
    await outside(cluster, 'source', 'refuseWrites');
    await outside(cluster, 'replica-1', 'forget', 'takeWrites');
    await until('it is named', async () => (await found('RIGHT_MISSING', 'replica-1')) !== undefined);
    expect((await found('RIGHT_MISSING', 'replica-1'))?.cure).toContain('GRANT INSERT ON `orders`.`orders`');
    expect((await health()).verdict).toBe('DOWN');
  });
});
