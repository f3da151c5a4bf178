// A source whose replicas have stopped receiving: what it commits waits for their acknowledgement, and nobody sees it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkServers } from '../../src/cli/check-servers.ts';
import { ClusterProbe } from '../../src/cli/cluster-probe.ts';
import { readConfig } from '../../src/config/read-config.ts';
import type { OrdersDatabase } from '../../src/database/orders/orders-client.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { environmentFor } from '../consistency/api-process.ts';
import { caughtUp, migrateOrders, newOrder, openEngine, TestClient } from '../support/engine.ts';
import { startApi } from '../support/in-process-api.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { until } from '../support/until.ts';
import { makeMemoryLog } from '../unit/http/tiny-server.ts';

const replicas = ['replica-1', 'replica-2'] as const;

let cluster: TestCluster;
let database: OrdersDatabase;

beforeAll(async () => {
  cluster = await startTestCluster();
  await migrateOrders(cluster);
  await run('source', `SET GLOBAL rpl_semi_sync_${mysql() ? 'source' : 'master'}_timeout = 600000`);
  // Replicas that no longer receive are not read from once the monitor has seen that twice.
  database = await openEngine(cluster, { monitor: { intervalMs: 'off', downIntervalMs: 250, timeoutMs: 400 } });
});
afterAll(async () => {
  await database.stop();
  await cluster.stop();
});

const mysql = () => cluster.cluster.flavour === 'mysql';

async function run(name: string, ...statements: readonly string[]): Promise<Record<string, unknown>[]> {
  const connection = await cluster.admin(name);
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) rows = await connection.query(statement);
    return rows;
  } finally {
    await connection.end();
  }
}

const receive = (word: 'STOP' | 'START') =>
  Promise.all(replicas.map((name) => run(name, `${word} ${mysql() ? 'REPLICA' : 'SLAVE'} IO_THREAD`)));

/** Counts what the source has logged, shown or not. */
async function logged(): Promise<string> {
  const position = mysql() ? "CONCAT(@@GLOBAL.gtid_executed, ' ', @@GLOBAL.gtid_owned)" : '@@GLOBAL.gtid_binlog_pos';
  const [row] = await run('source', `SELECT ${position} AS position`);
  return String(row?.position);
}

it('a session that reads there is not told to wait for what it cannot have seen', async () => {
  const client = new TestClient(database);
  await client.write((tx) => tx.order.create({ data: newOrder() }));
  for (const name of replicas) await caughtUp(cluster, name);
  await receive('STOP');
  const before = await logged();
  const unseen = newOrder();
  const writing = Promise.all(
    [unseen, newOrder(), newOrder()].map((data) => new TestClient(database).write((tx) => tx.order.create({ data }))),
  );
  await until('they are logged', async () => (await logged()) !== before);

  const count = () =>
    client.read(async ({ order }) => order.count({ where: { number: unseen.number } }), { level: 'STRONG' });
  for (let round = 0; round < 5; round += 1) expect(await count()).toBe(0);
  await client.read(async ({ order }) => order.count(), { whenBehind: 'FAIL', waitMs: 0 });
  expect(client.decision).toMatchObject({ role: 'REPLICA', reason: 'replica-caught-up' });

  await receive('START');
  await writing;
  expect(await count()).toBe(1);
  for (const name of replicas) await caughtUp(cluster, name);
});

it('a session whose write was acknowledged waits for it, and for all that it saw with it', async () => {
  const client = new TestClient(database);
  for (let round = 0; round < 20; round += 1) {
    const order = newOrder();
    const [{ position }] = await Promise.all([
      client.write((tx) => tx.order.create({ data: order })),
      new TestClient(database).write((tx) => tx.order.create({ data: newOrder() })),
    ]);
    const seen = await client.read(async ({ order }) => order.findMany({ select: { number: true } }), {
      level: 'STRONG',
    });
    expect(position !== null && client.session.position?.includes(position)).toBe(true);
    const again = await client.read(async ({ order }) => order.findMany({ select: { number: true } }));
    expect(new Set(again.map(({ number }) => number))).toEqual(new Set(seen.map(({ number }) => number)));
  }
});

it('a source that waits longer than any client is reported at the start, and by the check of the configuration', async () => {
  const variable = `rpl_semi_sync_${mysql() ? 'source' : 'master'}_timeout`;
  const wrong = `source lets a commit wait for an acknowledgement longer than the API waits for a commit`;
  const { log, lines } = makeMemoryLog();
  const api = await startApi(environmentFor(cluster), { log });
  try {
    const contradicts = () => lines.filter(({ problem }) => JSON.stringify(problem)?.includes('DEADLINES_CONTRADICT'));
    await until('it is said', () => contradicts().length > 0);
    expect(contradicts()[0]?.msg).toContain(wrong);
    expect(contradicts()[0]?.msg).toMatch(new RegExp(`Cure: SET GLOBAL ${variable} = \\d+, or less; or set REQUEST_`));
  } finally {
    await api.stop();
  }
  const check = async (told: Readonly<Record<string, string>>) => {
    const read = readConfig({ ...environmentFor(cluster), ...told });
    if (read.mode !== 'external') throw new Error('no servers');
    return checkServers(read.config);
  };
  const { text } = await check({});
  expect(text).toContain(wrong);
  expect(text).toContain(`SET GLOBAL ${variable}`);
  await run('source', `SET GLOBAL ${variable} = 1000`);
  expect((await check({})).text).not.toContain(wrong);
});

it('commits are not reported as acknowledged while the source has given up waiting, or no replica answers', async () => {
  const read = readConfig(environmentFor(cluster));
  if (read.mode !== 'external') throw new Error('The environment names no servers');
  const holds = async () => {
    // How a server is set up is asked anew on each connection.
    const once = new ClusterProbe(read.config, { timeoutMs: 5000, clock: systemClock });
    try {
      const { guarantees } = await once.probe();
      return guarantees.find(({ node, guarantee }) => node === 'source' && guarantee === 'ACKNOWLEDGED_BEFORE_SHOWN')
        ?.holds;
    } finally {
      await once.close();
    }
  };
  const [source, replica] = mysql() ? ['source', 'replica'] : ['master', 'slave'];
  const acknowledge = (value: 'ON' | 'OFF') =>
    Promise.all(replicas.map((name) => run(name, `SET GLOBAL rpl_semi_sync_${replica}_enabled = ${value}`)));
  const again = async () => {
    await receive('STOP');
    await receive('START');
  };
  const client = new TestClient(database);
  await until('commits are acknowledged', async () => (await holds()) === 'YES');
  await run('source', `SET GLOBAL rpl_semi_sync_${source}_timeout = 100`);
  await acknowledge('OFF');
  await again();
  try {
    await until('nobody acknowledges', async () => (await holds()) === 'NO');
    await client.write((tx) => tx.order.create({ data: newOrder() }));
    expect(await holds()).toBe('NO');
  } finally {
    await acknowledge('ON');
    await again();
  }
  await until('commits are acknowledged again', async () => {
    // Servers begin to wait again with the first acknowledgement of something new.
    await client.write((tx) => tx.order.create({ data: newOrder() }));
    return (await holds()) === 'YES';
  });
});
