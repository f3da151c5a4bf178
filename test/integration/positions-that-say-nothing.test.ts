/**
 * Servers set up so that a position says nothing, one way after another, with replicas two seconds late: no own read is ever
 * stale, and what is wrong is named with what mends it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkServers } from '../../src/cli/check-servers.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { environmentFor } from '../consistency/api-process.ts';
import { migrateOrders } from '../support/engine.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { create, createOrder, one, withToken } from '../support/orders-over-http.ts';
import { readOwnOrders, untilSeen } from '../support/own-reads.ts';
import { startTestCluster, type TestCluster, testFlavour } from '../support/test-cluster.ts';
import { until } from '../support/until.ts';

const flavour = testFlavour();
const replicas = ['replica-1', 'replica-2'] as const;
const tries = 10;

let cluster: TestCluster;
let api: TestApi;

beforeAll(async () => {
  cluster = await startTestCluster();
  await migrateOrders(cluster);
  // Commits wait for replicas that have just been told to begin anew.
  api = await startApi({ ...environmentFor(cluster), REQUEST_TIMEOUT_MS: '60000' });
});
afterAll(async () => {
  await api?.stop();
  await cluster?.stop();
});

async function tell(node: string, ...statements: readonly string[]): Promise<void> {
  const connection = await cluster.admin(node);
  try {
    for (const statement of statements) await connection.query(statement);
  } finally {
    await connection.end();
  }
}

const tellReplicas = async (...statements: readonly string[]) => {
  for (const replica of replicas) await tell(replica, ...statements);
};

async function late(seconds: number): Promise<void> {
  for (const replica of replicas) await cluster.setDelay(replica, seconds);
}

/** Both replicas have the orders that the source has now, whatever their positions say. */
async function allApplied(): Promise<void> {
  const orders = async (node: string) => {
    const connection = await cluster.admin(node);
    try {
      return Number((await connection.query('SELECT COUNT(*) AS number FROM orders'))[0].number);
    } finally {
      await connection.end();
    }
  };
  const wanted = await orders('source');
  for (const replica of replicas) await until(`${replica} has all`, async () => (await orders(replica)) === wanted);
}

const well = () => untilSeen(api, ({ verdict, problems }) => verdict === 'HEALTHY' && problems.length === 0);

/** Own reads with both replicas late are all served by the source, and none is stale. */
async function expectOnlySource(): Promise<void> {
  const seen = await readOwnOrders(api, tries);
  expect(seen).toEqual({
    missing: 0,
    nodes: ['source'],
    reasons: [expect.stringMatching(/^(position-unknown|source-)/)],
  });
}

async function expectOthersHonest(): Promise<void> {
  const { id, token } = await createOrder(api);
  const bounded = { ...withToken(token), 'x-consistency-level': 'bounded', 'x-consistency-max-staleness-ms': '0' };
  const answer = await ask(api, one, { variables: { id }, headers: bounded });
  expect(answer.data.order?.id).toBe(id);
  expect(answer.consistency?.servedBy?.node).toBe('source');
  const anything = await ask(api, '{ orderCounts { total } }', { headers: { 'x-consistency-level': 'eventual' } });
  expect(anything.errors).toEqual([]);
  const bypass = { ...withToken(token), 'x-consistency-when-behind': 'bypass' };
  expect((await ask(api, one, { variables: { id }, headers: bypass })).data.order?.id).toBe(id);
  const fail = { ...withToken(token), 'x-consistency-when-behind': 'fail' };
  const refused = await ask(api, one, { variables: { id }, headers: fail });
  expect([refused.data?.order?.id, refused.code]).toEqual([undefined, 'CONSISTENCY_TIMEOUT']);
}

/** Everything but the source is said to keep no promise about own reads, and `--check-config` says so and ends with 3. */
async function expectTold(code: string): Promise<void> {
  const answer = await ask(api, '{ cluster { guarantees { node guarantee holds why } } }');
  const own = answer.data.cluster.guarantees.filter(
    (given: { guarantee: string }) => given.guarantee === 'READ_YOUR_WRITES',
  );
  expect(own.map(({ node, holds }: { node: string; holds: string }) => [node, holds])).toEqual([
    ['source', 'YES'],
    ['replica-1', 'NO'],
    ['replica-2', 'NO'],
  ]);
  const read = readConfig(environmentFor(cluster));
  if (read.mode !== 'external') throw new Error('The environment names no servers');
  const { text, exitCode } = await checkServers(read.config);
  expect(text).toContain(`${code}: `);
  expect(exitCode).toBe(3);
}

/** A write that is sent again answers with the first order, and its reader finds it. */
async function expectReplays(): Promise<void> {
  const keyed = create.replace('currency:', 'idempotencyKey: "again-$N", currency:');
  const key = `${Math.random()}`.slice(2);
  const mutation = keyed.replace('$N', key);
  const first = await ask(api, mutation, { variables: { userId: '1' } });
  const again = await ask(api, mutation, { variables: { userId: '1' } });
  const { id } = first.data.createOrder.order;
  expect(again.data.createOrder.order.id).toBe(id);
  const found = await ask(api, one, { variables: { id }, headers: withToken(String(again.token)) });
  expect(found.data.order?.id).toBe(id);
}

describe.runIf(flavour === 'mysql')('MySQL', () => {
  const everywhere = async (...statements: readonly string[]) => {
    for (const node of ['source', ...replicas]) await tell(node, ...statements);
  };

  it('follows by file and place: both replicas are left out, and named', async () => {
    await tellReplicas('STOP REPLICA', 'CHANGE REPLICATION SOURCE TO SOURCE_AUTO_POSITION = 0', 'START REPLICA');
    const { problems } = await untilSeen(
      api,
      ({ verdict, problems }) => verdict === 'DEGRADED' && problems.length === 2,
    );
    expect(problems.map(({ code, variable, value }) => [code, variable, value])).toEqual([
      ['FOLLOWS_BY_FILE', 'Auto_Position', '0'],
      ['FOLLOWS_BY_FILE', 'Auto_Position', '0'],
    ]);
    await late(2);
    await expectOnlySource();
    await expectTold('FOLLOWS_BY_FILE');
  });

  it('on its way off finds own orders in each mode, and names the steps back', async () => {
    for (const mode of ['ON_PERMISSIVE', 'OFF_PERMISSIVE', 'OFF']) {
      await everywhere(`SET GLOBAL gtid_mode = ${mode}`);
      // Not waited for: own reads hold from the first one on.
      await expectOnlySource();
      const code = mode === 'ON_PERMISSIVE' ? 'GTID_MODE_PERMISSIVE' : 'GTID_MODE_OFF';
      const { problems } = await untilSeen(
        api,
        (seen) =>
          seen.verdict === 'DEGRADED' &&
          seen.problems.some((problem) => problem.code === code && problem.node === 'source' && problem.value === mode),
      );
      const cure = problems.find(({ node }) => node === 'source')?.cure;
      expect(cure).toMatch(/SET @@PERSIST\.gtid_mode = ON$/);
    }
    await expectOthersHonest();
    await expectReplays();
    await expectTold('GTID_MODE_OFF');
  });

  it('on its way on finds own orders in each mode, and is well again at the end', async () => {
    await everywhere('SET GLOBAL gtid_mode = OFF_PERMISSIVE');
    await expectOnlySource();
    await everywhere('SET GLOBAL gtid_mode = ON_PERMISSIVE');
    expect((await readOwnOrders(api, tries)).missing).toBe(0);
    await late(0);
    // A replica that is ON does not apply what has no number.
    await allApplied();
    await everywhere('SET GLOBAL gtid_mode = ON');
    expect((await readOwnOrders(api, tries)).missing).toBe(0);
    await tellReplicas('STOP REPLICA', 'CHANGE REPLICATION SOURCE TO SOURCE_AUTO_POSITION = 1', 'START REPLICA');
    await well();
    const { missing, nodes } = await readOwnOrders(api, tries * 2);
    expect(missing).toBe(0);
    expect(nodes.some((node) => node !== 'source')).toBe(true);
  });

  it.each([
    ['REPLICATE_IGNORE_TABLE', '(orders.orders)', 'orders.orders', '()'],
    ['REPLICATE_DO_DB', '(shop)', 'shop', '()'],
    ['REPLICATE_WILD_IGNORE_TABLE', "('ord%.%')", 'ord%.%', '()'],
    ['REPLICATE_REWRITE_DB', '((orders, shop))', '(orders,shop)', '()'],
  ])('leaves a replica with %s=%s out, and only that one', async (option, given, value, none) => {
    const filter = (text: string) => [
      'STOP REPLICA SQL_THREAD',
      `CHANGE REPLICATION FILTER ${option} = ${text}`,
      'START REPLICA SQL_THREAD',
    ];
    await tell('replica-1', ...filter(given));
    const { problems } = await untilSeen(api, ({ verdict, problems }) => verdict === 'DEGRADED' && problems.length > 0);
    expect(problems).toMatchObject([{ code: 'REPLICATION_FILTERED', node: 'replica-1', value }]);
    expect(problems[0]?.variable?.toUpperCase()).toBe(option);
    const { missing, nodes } = await readOwnOrders(api, tries);
    expect(missing).toBe(0);
    expect(nodes).not.toContain('replica-1');
    await tell('replica-1', ...filter(none));
    await well();
  });

  it('does not mind a filter that cannot touch its tables', async () => {
    await tell(
      'replica-1',
      'STOP REPLICA SQL_THREAD',
      'CHANGE REPLICATION FILTER REPLICATE_IGNORE_DB = (shop), REPLICATE_WILD_DO_TABLE = ("orders.%")',
      'START REPLICA SQL_THREAD',
    );
    await well();
    await tell(
      'replica-1',
      'STOP REPLICA SQL_THREAD',
      'CHANGE REPLICATION FILTER REPLICATE_IGNORE_DB = (), REPLICATE_WILD_DO_TABLE = ()',
      'START REPLICA SQL_THREAD',
    );
  });

  // The last: what a replica has numbered itself, the source has never had, and only a fresh copy ends that.
  it('with replicas that number what has no number finds own orders', async () => {
    await tellReplicas(
      'STOP REPLICA',
      'CHANGE REPLICATION SOURCE TO SOURCE_AUTO_POSITION = 0',
      'CHANGE REPLICATION SOURCE TO ASSIGN_GTIDS_TO_ANONYMOUS_TRANSACTIONS = LOCAL',
      'START REPLICA',
    );
    await late(2);
    await tell('source', ...['ON_PERMISSIVE', 'OFF_PERMISSIVE', 'OFF'].map((mode) => `SET GLOBAL gtid_mode = ${mode}`));
    await expectOnlySource();
  });
});

describe.runIf(flavour === 'mariadb')('MariaDB', () => {
  it('follows by file and place: both replicas are left out, and named', async () => {
    await tellReplicas('STOP SLAVE', 'CHANGE MASTER TO MASTER_USE_GTID = no', 'START SLAVE');
    await late(2);
    const { problems } = await untilSeen(
      api,
      ({ verdict, problems }) => verdict === 'DEGRADED' && problems.length === 2,
    );
    expect(problems).toMatchObject([
      {
        code: 'FOLLOWS_BY_FILE',
        node: 'replica-1',
        variable: 'Using_Gtid',
        value: 'No',
        cure: 'STOP SLAVE; CHANGE MASTER TO MASTER_USE_GTID = slave_pos; START SLAVE',
      },
      { node: 'replica-2' },
    ]);
    await expectOnlySource();
    await expectOthersHonest();
    await expectTold('FOLLOWS_BY_FILE');
    await late(0);
    await tellReplicas(...String(problems[0]?.cure).split('; '));
    await well();
  });

  it.each([
    ['replicate_ignore_table', 'orders.orders'],
    ['replicate_do_db', 'shop'],
    ['replicate_wild_ignore_table', 'ord%.%'],
    ['replicate_rewrite_db', 'orders->shop'],
  ])('leaves a replica with %s=%s out, and only that one', async (option, value) => {
    await tell('replica-1', 'STOP SLAVE', `SET GLOBAL ${option} = '${value}'`, 'START SLAVE');
    const { problems } = await untilSeen(api, ({ verdict, problems }) => verdict === 'DEGRADED' && problems.length > 0);
    expect(problems).toMatchObject([{ code: 'REPLICATION_FILTERED', node: 'replica-1', value }]);
    expect(problems[0]?.variable?.toLowerCase()).toBe(option);
    const { missing, nodes } = await readOwnOrders(api, tries);
    expect(missing).toBe(0);
    expect(nodes).not.toContain('replica-1');
    await tell('replica-1', 'STOP SLAVE', `SET GLOBAL ${option} = ''`, 'START SLAVE');
    await well();
  });

  it.each(['IGNORE_DOMAIN_IDS = (0)', 'DO_DOMAIN_IDS = (7)', 'IGNORE_SERVER_IDS = (1)'])(
    'leaves a replica with %s out, and only that one',
    async (option) => {
      const [name = ''] = option.split(' ');
      await tell('replica-1', 'STOP SLAVE', `CHANGE MASTER TO ${option}`, 'START SLAVE');
      const seen = await untilSeen(api, ({ verdict, problems }) => verdict === 'DEGRADED' && problems.length > 0);
      expect(seen.problems).toMatchObject([{ code: 'REPLICATION_FILTERED', node: 'replica-1' }]);
      const { missing, nodes } = await readOwnOrders(api, tries);
      expect(missing).toBe(0);
      expect(nodes).not.toContain('replica-1');
      await tell('replica-1', ...String(seen.problems[0]?.cure).split('; '));
      expect(seen.problems[0]?.cure).toContain(`${name} = ()`);
      await untilSeen(api, ({ problems }) => problems.length === 0);
    },
  );

  it('does not mind filters that cannot touch its tables', async () => {
    await tell(
      'replica-2',
      'STOP SLAVE',
      "SET GLOBAL replicate_ignore_db = 'shop'",
      'CHANGE MASTER TO IGNORE_DOMAIN_IDS = (7), IGNORE_SERVER_IDS = (99)',
      'START SLAVE',
    );
    await untilSeen(api, ({ problems }) => problems.length === 0);
    await tell(
      'replica-2',
      'STOP SLAVE',
      "SET GLOBAL replicate_ignore_db = ''",
      'CHANGE MASTER TO IGNORE_DOMAIN_IDS = (), IGNORE_SERVER_IDS = ()',
      'START SLAVE',
    );
  });
});
