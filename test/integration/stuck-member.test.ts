// A member of a group that answers and applies nothing, because somebody holds a lock there, while each commit waits for every
// member. MySQL only: MariaDB has no such thing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentFor } from '../consistency/api-process.ts';
import { migrateOrders } from '../support/engine.ts';
import { type ApiAnswer, ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { createOrder } from '../support/orders-over-http.ts';
import { startTestCluster, type TestCluster, testFlavour } from '../support/test-cluster.ts';
import { onServers } from '../support/unable-servers.ts';
import { until } from '../support/until.ts';

const skipped = testFlavour() !== 'mysql';
if (skipped) process.stderr.write('replication groups are skipped: they need TIDEMARK_TEST_FLAVOUR=mysql\n');
/** As the group and as the API call it. */
const stuck = { member: 'member-3', node: 'replica-2' };
const innocent = 'replica-1';
const create = `mutation ($key: String!) { createOrder(input: { userId: "1", currency: "EUR", idempotencyKey: $key,
  items: [{ sku: "S", name: "N", quantity: 1, unitPrice: "1.00" }] }) { ... on CreateOrderPayload { order { id } } } }`;
/** Neither claims that nothing was written. */
const unsettled = ['WRITE_INDETERMINATE', 'DEADLINE_EXCEEDED'];
const find = 'query ($id: ID!) { order(by: { id: $id }) { id number } }';

let group: TestCluster;
let api: TestApi;
const { health, found, well } = onServers(
  () => group,
  () => api,
);

async function setOn(names: readonly string[], statement: string): Promise<void> {
  for (const name of names) {
    const admin = await group.admin(name);
    await admin.query(statement).finally(() => admin.end());
  }
}

describe.skipIf(skipped)('a member of a group that holds up the commits of all', () => {
  beforeAll(async () => {
    group = await startTestCluster({ flavour: 'mysql', topology: 'group' });
    await migrateOrders(group);
    await setOn(['member-1', 'member-2', 'member-3'], "SET GLOBAL group_replication_consistency = 'AFTER'");
    api = await startApi({ ...environmentFor(group), MIGRATION_URL: '', MONITOR_INTERVAL_MS: '300' });
  });
  afterAll(async () => {
    await api?.stop();
    await group?.stop();
  });

  const read = async (id: string, token: string, level: string): Promise<ApiAnswer> =>
    ask(api, find, { variables: { id }, headers: { 'x-consistency-level': level, 'x-consistency-token': token } });

  it.each(['LOCK TABLES orders WRITE', 'FLUSH TABLES WITH READ LOCK'])(
    'after %s is named, others serve, writes end with what is true, and all heals',
    async (lock) => {
      await well();
      const { id, token } = await createOrder(api);
      const admin = await group.admin(stuck.member);
      const keys = [0, 1, 2].map((at) => `held-up-${lock.length}-${at}`);
      const write = (key: string) => ask(api, create, { variables: { key } });
      let written: readonly ApiAnswer[];
      try {
        await admin.query('SET GLOBAL super_read_only = OFF');
        await admin.query(lock);
        const writing = Promise.all(keys.map(write));
        await until('it is named', async () => {
          for (const level of ['eventual', 'session', 'strong']) {
            const { code, data } = await read(id, token, level);
            expect([level, code, data?.order?.id]).toEqual([level, undefined, id]);
          }
          return (await found('GROUP_HELD_UP', stuck.node)) !== undefined;
        });
        await until('so is what it keeps from answering', async () => {
          const waiting = await found('TABLE_SILENT', innocent);
          return waiting?.message.includes(`it waits for ${stuck.node}, which holds up its group`) === true;
        });
        expect(await found('GROUP_HELD_UP', innocent)).toBeUndefined();
        const { verdict, nodes } = await health();
        expect(verdict).toBe('DEGRADED');
        // Both answer: by their tables it is found that they cannot serve.
        expect(nodes.map(({ state }) => state)).not.toContain('DOWN');
        expect(nodes.find(({ name }) => name === innocent)?.trouble).toContain('reads of orders hang');
        written = await writing;
        for (const { code } of written) expect(unsettled).toContain(code);
      } finally {
        await admin.query('UNLOCK TABLES');
        await admin.query('SET GLOBAL super_read_only = ON');
        await admin.end();
      }
      await well();
      // What they became is told by the same key, each time the same.
      for (const key of keys) {
        const [one, other] = [await write(key), await write(key)];
        expect([one.code, other.code]).toEqual([undefined, undefined]);
        expect(other.data.createOrder.order.id).toBe(one.data.createOrder.order.id);
      }
    },
  );
});
