// The record of promotions cannot be read on one server, or on any: the probe goes on, and what is unknown is not taken for the
// first epoch.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentFor } from '../consistency/api-process.ts';
import { caughtUp, migrateOrders } from '../support/engine.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { createOrder, one, withToken } from '../support/orders-over-http.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { onServers } from '../support/unable-servers.ts';
import { until } from '../support/until.ts';

let cluster: TestCluster;
let api: TestApi;
const { isMysql, on, health, found, well, app, endConnections } = onServers(
  () => cluster,
  () => api,
);

const start = () => startApi({ ...environmentFor(cluster), MIGRATION_URL: '', MONITOR_INTERVAL_MS: '200' });

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 1 });
  await migrateOrders(cluster);
  api = await start();
});
afterAll(async () => {
  await api?.stop();
  await cluster?.stop();
});

type Way = {
  readonly kind: RegExp;
  readonly cure: RegExp;
  readonly spoil: (node: string) => Promise<unknown>;
  readonly mend: (node: string) => Promise<unknown>;
};

const others = ['orders', 'order_items', 'idempotency_keys', 'outbox', 'cluster_servers', 'commit_proofs'];
const kept = 'CREATE TABLE orders.kept_epochs AS SELECT * FROM orders.cluster_epochs';
const back = ['RENAME TABLE orders.kept_table TO orders.cluster_epochs'];
let locking: Awaited<ReturnType<TestCluster['admin']>>;

const ways: Readonly<Record<string, Way>> = {
  'its tablespace is gone': {
    kind: /cannot read cluster_epochs/,
    cure: /cluster_epochs/,
    spoil: (node) =>
      on(
        node,
        kept,
        'CREATE TABLE orders.kept_table LIKE orders.cluster_epochs',
        'INSERT INTO orders.kept_table SELECT * FROM orders.kept_epochs',
        'DROP TABLE orders.kept_epochs',
        'ALTER TABLE orders.cluster_epochs DISCARD TABLESPACE',
      ),
    mend: (node) => on(node, 'DROP TABLE orders.cluster_epochs', ...back),
  },
  'it is a view of what is gone': {
    kind: /cannot read cluster_epochs/,
    cure: /cluster_epochs/,
    spoil: (node) =>
      on(
        node,
        'CREATE TABLE orders.viewed LIKE orders.cluster_epochs',
        'RENAME TABLE orders.cluster_epochs TO orders.kept_table',
        'CREATE SQL SECURITY INVOKER VIEW orders.cluster_epochs AS SELECT * FROM orders.viewed',
        'DROP TABLE orders.viewed',
      ),
    mend: (node) => on(node, 'DROP VIEW orders.cluster_epochs', ...back),
  },
  'it lacks a column': {
    kind: /has no table cluster_epochs as this version needs it/,
    cure: /cluster_epochs/,
    spoil: (node) => on(node, 'ALTER TABLE orders.cluster_epochs CHANGE end_of_previous ended_at TEXT NULL'),
    mend: (node) => on(node, 'ALTER TABLE orders.cluster_epochs CHANGE ended_at end_of_previous TEXT NULL'),
  },
  'it holds what is no position': {
    kind: /cannot read cluster_epochs/,
    cure: /cluster_epochs/,
    spoil: (node) => on(node, "UPDATE orders.cluster_epochs SET end_of_previous = 'not a position'"),
    mend: (node) => on(node, 'UPDATE orders.cluster_epochs SET end_of_previous = NULL'),
  },
  'it may not be read': {
    kind: /does not let the account read cluster_epochs/,
    cure: /GRANT SELECT ON .*cluster_epochs/,
    spoil: async (node) => {
      await on(
        node,
        `REVOKE SELECT ON orders.* FROM ${app()}`,
        ...[...others, '_prisma_migrations'].map((table) => `GRANT SELECT ON orders.${table} TO ${app()}`),
      );
      await endConnections(node);
    },
    mend: async (node) => {
      await on(node, `GRANT SELECT ON orders.* TO ${app()}`);
      await endConnections(node);
    },
  },
  'it is locked': {
    kind: /reads of cluster_epochs hang/,
    cure: /SHOW PROCESSLIST/,
    spoil: async (node) => {
      locking = await cluster.admin(node);
      if (isMysql()) await locking.query('SET GLOBAL super_read_only = OFF');
      await locking.query('LOCK TABLES orders.cluster_epochs WRITE');
    },
    mend: async (node) => {
      await locking.query('UNLOCK TABLES');
      if (isMysql() && node !== 'source') await locking.query('SET GLOBAL super_read_only = ON');
      await locking.end();
    },
  },
};

/** A client reads what it has written, whoever answers. */
async function readsOwnWrites(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    const { id, token } = await createOrder(api);
    const { code, data } = await ask(api, one, { variables: { id }, headers: withToken(token) });
    expect([code, data?.order?.id]).toEqual([undefined, id]);
  }
}

const table = Object.entries(ways).flatMap(([why, way]) =>
  ['replica-1', 'source'].map((node) => ({ node, why, ...way })),
);

describe('where the record of promotions cannot be read', () => {
  it.each(table)(
    'on $node because $why, that is named, and the server is there',
    async ({ node, kind, cure, spoil, mend }) => {
      await well();
      await spoil(node);
      try {
        await until('it is named', async () => (await found('EPOCHS_UNREAD', node)) !== undefined);
        const problem = await found('EPOCHS_UNREAD', node);
        expect(problem?.message).toMatch(kind);
        expect(problem?.cure).toMatch(cure);
        await readsOwnWrites();
        const { verdict, nodes } = await health();
        expect(verdict).toBe('DEGRADED');
        expect(nodes.map(({ state }) => state)).not.toContain('DOWN');
      } finally {
        await mend(node);
      }
      await well();
      await caughtUp(cluster, 'replica-1');
    },
  );
});

describe('a process that starts where no server can tell', () => {
  it('takes it for unknown: sessions are served by the source, and by replicas once it is known', async () => {
    await well();
    const nodes = ['replica-1', 'source'];
    const way = ways['it lacks a column'];
    for (const node of nodes) await way?.spoil(node);
    await api.stop();
    api = await start();
    try {
      await readsOwnWrites();
      const { id, token } = await createOrder(api);
      await caughtUp(cluster, 'replica-1');
      for (let round = 0; round < 3; round += 1) {
        const { consistency } = await ask(api, one, { variables: { id }, headers: withToken(token) });
        expect(consistency?.servedBy?.node).toBe('source');
      }
      for (const node of nodes) expect(await found('EPOCHS_UNREAD', node)).toBeDefined();
    } finally {
      for (const node of nodes) await way?.mend(node);
    }
    await well();
    await readsOwnWrites();
    await until('the replica serves sessions', async () => {
      const { id, token } = await createOrder(api);
      await caughtUp(cluster, 'replica-1');
      const { consistency } = await ask(api, one, { variables: { id }, headers: withToken(token) });
      return consistency?.servedBy?.node === 'replica-1';
    });
  });
});
