import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkServers } from '../../src/cli/check-servers.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { orderIdOf } from '../../src/graphql/orders/order-id.ts';
import { environmentFor } from '../consistency/api-process.ts';
import { caughtUp, migrateOrders } from '../support/engine.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { createOrder, withToken } from '../support/orders-over-http.ts';
import { readOwnOrders, untilSeen } from '../support/own-reads.ts';
import { restartWith } from '../support/restart-with.ts';
import { startTestCluster, type TestCluster, testFlavour } from '../support/test-cluster.ts';
import { onServers } from '../support/unable-servers.ts';

// Replicas that go on where they cannot apply something count it as applied: their positions are not believed.
const isMysql = testFlavour() === 'mysql';
let cluster: TestCluster;
let api: TestApi;

beforeAll(async () => {
  cluster = await startTestCluster();
  await migrateOrders(cluster);
  api = await startApi({ ...environmentFor(cluster), REQUEST_TIMEOUT_MS: '60000' });
});
afterAll(async () => {
  await api?.stop();
  await cluster.stop();
});

const { on } = onServers(
  () => cluster,
  () => api,
);
const well = () => untilSeen(api, ({ verdict, problems }) => verdict === 'HEALTHY' && problems.length === 0);

/** Named with what mends it, and no own read is sent there. */
async function expectLeftOut(variable: string, value: string): Promise<void> {
  const { problems } = await untilSeen(api, ({ verdict, problems }) => verdict === 'DEGRADED' && problems.length > 0);
  expect(problems.map(({ code, node, variable, value }) => [code, node, variable, value])).toEqual([
    ['EVENTS_SKIPPED', 'replica-1', variable, value],
  ]);
  expect(problems[0]?.cure).toContain(variable);
  const { missing, nodes } = await readOwnOrders(api, 10);
  expect(missing).toBe(0);
  expect(nodes).not.toContain('replica-1');
  const read = readConfig(environmentFor(cluster));
  if (read.mode !== 'external') throw new Error('The environment names no servers');
  const { text, exitCode } = await checkServers(read.config);
  expect([exitCode, text]).toEqual([3, expect.stringContaining('EVENTS_SKIPPED')]);
  const { data } = await ask(api, '{ cluster { guarantees { node guarantee holds } } }');
  const own = { node: 'replica-1', guarantee: 'READ_YOUR_WRITES' };
  expect(data.cluster.guarantees).toContainEqual({ ...own, holds: 'NO' });
}

const mode = isMysql ? 'replica_exec_mode' : 'slave_exec_mode';
const errors = isMysql ? 'replica_skip_errors' : 'slave_skip_errors';

describe('a replica', () => {
  it(`with ${mode}=IDEMPOTENT is left out, and a row that it does not have is found elsewhere`, async () => {
    await well();
    await on('replica-1', `SET GLOBAL ${mode} = 'IDEMPOTENT'`);
    await expectLeftOut(mode, 'IDEMPOTENT');
    const { id } = await createOrder(api);
    await caughtUp(cluster, 'replica-1');
    await on('replica-1', `DELETE FROM orders.orders WHERE id = ${orderIdOf(id)}`);
    const change = `mutation { updateOrder(input: { id: "${id}", expectedVersion: 1, charge: "1.00" }) { __typename } }`;
    const changed = await ask(api, change);
    expect(changed.data.updateOrder.__typename).toBe('UpdateOrderPayload');
    // It has skipped the change, and counts it.
    await caughtUp(cluster, 'replica-1');
    for (let turn = 0; turn < 10; turn += 1) {
      const own = await ask(api, `{ order(by: { id: "${id}" }) { version } }`, {
        headers: withToken(String(changed.token)),
      });
      expect(own.data.order).toEqual({ version: 2 });
    }
    await on('replica-1', `SET GLOBAL ${mode} = 'STRICT'`);
    await well();
  });

  it(`with ${errors} is left out until it is started without`, async () => {
    const option = errors.replaceAll('_', '-');
    const { restore } = await restartWith(cluster, 'replica-1', [`--${option}=1032,1062`]);
    await expectLeftOut(errors, '1032,1062');
    await restore();
    await well();
  });

  it.skipIf(isMysql).each(['FILTER_ON_SLAVE', 'FILTER_ON_MASTER'])(
    'that leaves out what is marked (%s) is left out',
    async (value) => {
      const set = (to: string) =>
        on('replica-1', 'STOP ALL SLAVES', `SET GLOBAL replicate_events_marked_for_skip = '${to}'`, 'START ALL SLAVES');
      await set(value);
      await expectLeftOut('replicate_events_marked_for_skip', value);
      await set('REPLICATE');
      await well();
    },
  );
});
