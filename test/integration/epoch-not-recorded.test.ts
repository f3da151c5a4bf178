import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { environmentFor } from '../consistency/api-process.ts';
import { caughtUp, migrateOrders } from '../support/engine.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { createOrder, one, withToken } from '../support/orders-over-http.ts';
import { outside } from '../support/promotion-outside.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

const patience = { timeout: 60_000, interval: 50 };

let cluster: TestCluster;
let api: TestApi;

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 1 });
  await migrateOrders(cluster);
  await asAdmin('source', async (query) => {
    const rows = await query("SELECT TABLE_NAME AS name FROM information_schema.tables WHERE TABLE_SCHEMA = 'orders'");
    const names = (rows as readonly { readonly name: string }[]).map(({ name }) => name);
    await query(`REVOKE INSERT, UPDATE ON orders.* FROM ${account()}`);
    // The migrations are only read by it, whatever happens.
    for (const name of names.filter((table) => !['cluster_epochs', '_prisma_migrations'].includes(table))) {
      await query(`GRANT INSERT, UPDATE ON orders.${name} TO ${account()}`);
    }
  });
  await caughtUp(cluster, 'replica-1');
  api = await startApi({ ...environmentFor(cluster), MIGRATION_URL: '', MONITOR_INTERVAL_MS: '200' });
});
afterAll(async () => {
  await api?.stop();
  await cluster?.stop();
});

const account = () => `'${cluster.cluster.credentials.app.user}'@'127.0.0.1'`;

async function asAdmin<T>(name: string, work: (query: (sql: string) => Promise<unknown>) => Promise<T>): Promise<T> {
  const admin = await cluster.admin(name);
  try {
    return await work((sql) => admin.query(sql));
  } finally {
    await admin.end();
  }
}

type Problem = { readonly code: string; readonly node: string | null; readonly message: string; readonly cure: string };

async function found(): Promise<Problem | undefined> {
  const { data } = await ask(api, '{ cluster { problems { code node message cure } } }');
  return data.cluster.problems.find(({ code }: Problem) => code === 'EPOCH_NOT_RECORDED');
}

const epochs = () =>
  asAdmin('replica-1', async (query) => (await query('SELECT epoch FROM cluster_epochs')) as readonly unknown[]);

/** One story on one cluster: each chapter begins where the one before has ended. */
describe.sequential('a promotion made outside that cannot be recorded', () => {
  let survived: Awaited<ReturnType<typeof createOrder>>;
  let lost: Awaited<ReturnType<typeof createOrder>>;
  const read = ({ id, token }: typeof lost) => ask(api, one, { variables: { id }, headers: withToken(token) });

  it('is named, with the right that is missing', async () => {
    survived = await createOrder(api);
    await caughtUp(cluster, 'replica-1');
    await outside(cluster, 'replica-1', 'stopReceiving');
    lost = await vi.waitFor(() => createOrder(api), patience);
    await cluster.kill('source');
    await outside(cluster, 'replica-1', 'forget', 'takeWrites');
    await expect.poll(found, patience).toMatchObject({ node: 'replica-1' });
    const problem = await found();
    expect(problem?.message).toContain('may not write cluster_epochs');
    expect(problem?.cure).toMatch(/^GRANT SELECT, INSERT, UPDATE ON .*cluster_epochs/);
    expect(await epochs()).toHaveLength(1);
  });

  it('is told to the client of a lost write all the same, whatever is written since', async () => {
    for (let round = 0; round < 3; round += 1) {
      expect((await read(lost)).code).toBe('WRITE_LOST');
      await vi.waitFor(() => createOrder(api), patience);
    }
    expect((await read(lost)).code).toBe('WRITE_LOST');
    expect((await read(survived)).data?.order?.id).toBe(survived.id);
  });

  it('is named with another cure when the right is there, and the table is not as it should be', async () => {
    await asAdmin('replica-1', async (query) => {
      await query('ALTER TABLE orders.cluster_epochs CHANGE end_of_previous ended_at TEXT NULL');
      await query(`GRANT INSERT, UPDATE ON orders.cluster_epochs TO ${account()}`);
    });
    await expect.poll(async () => (await found())?.message, patience).toContain('has no table cluster_epochs');
    expect((await found())?.cure).toContain('restore cluster_epochs with the rows that a replica has');
    expect((await read(lost)).code).toBe('WRITE_LOST');
  });

  it('is on record once the table is well, without a restart', async () => {
    await asAdmin('replica-1', (query) =>
      query('ALTER TABLE orders.cluster_epochs CHANGE ended_at end_of_previous TEXT NULL'),
    );
    await expect.poll(epochs, patience).toHaveLength(2);
    await expect.poll(found, patience).toBeUndefined();
    expect((await read(lost)).code).toBe('WRITE_LOST');
    expect((await read(survived)).data?.order?.id).toBe(survived.id);
  });
});
