/** A source that leaves out of its log what is written there: replicas look well and never get it. No own read is stale. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentFor } from '../consistency/api-process.ts';
import { migrateOrders } from '../support/engine.ts';
import { startApi, type TestApi } from '../support/in-process-api.ts';
import { readOwnOrders, untilSeen } from '../support/own-reads.ts';
import { restartWith } from '../support/restart-with.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

let cluster: TestCluster;
let api: TestApi;
let restarted: Awaited<ReturnType<typeof restartWith>> | null = null;

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 1 });
  await migrateOrders(cluster);
  // Commits wait for replicas that receive nothing.
  api = await startApi({ ...environmentFor(cluster), REQUEST_TIMEOUT_MS: '60000' });
});
afterAll(async () => {
  await api?.stop();
  await restarted?.stop();
  await cluster?.stop();
});

async function restartSource(...options: readonly string[]): Promise<void> {
  await restarted?.restore();
  restarted = await restartWith(cluster, 'source', options);
  const admin = await cluster.admin('source');
  if (cluster.cluster.flavour === 'mysql') await admin.query('SET GLOBAL super_read_only = 0');
  await admin.query('SET GLOBAL read_only = 0');
  await admin.end();
}

describe('a source', () => {
  it('that leaves the schema out of its log is named, and serves all own reads', async () => {
    await restartSource('--binlog-ignore-db=orders');
    const { problems } = await untilSeen(api, (seen) => seen.verdict === 'DEGRADED' && seen.problems.length > 0);
    expect(problems).toMatchObject([
      { code: 'BINARY_LOG_FILTERED', node: 'source', variable: 'binlog_ignore_db', value: 'orders' },
    ]);
    const { missing, nodes } = await readOwnOrders(api, 10);
    expect([missing, nodes]).toEqual([0, ['source']]);
  });

  it('that logs nothing is named, and serves all own reads', async () => {
    await restartSource('--skip-log-bin');
    const { problems } = await untilSeen(
      api,
      (seen) => seen.verdict === 'DEGRADED' && seen.problems.some(({ code }) => code === 'BINARY_LOG_OFF'),
    );
    expect(problems).toMatchObject([{ node: 'source', variable: 'log_bin', value: 'OFF' }]);
    const { missing, nodes } = await readOwnOrders(api, 10);
    expect([missing, nodes]).toEqual([0, ['source']]);
  });
});
