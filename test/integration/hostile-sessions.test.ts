import type { Connection } from 'mariadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MirrorConnection } from '../../src/database/mirror/mirror-connection.ts';
import type { OrdersDatabase } from '../../src/database/orders/orders-client.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { openDirectConnection } from '../../src/servers/direct-connection.ts';
import { sessionCheck } from '../../src/servers/mysql-family/session-settings.ts';
import { ServerConnection } from '../../src/servers/server-connection.ts';
import { caughtUp, migrateOrders, newOrder, nodesOf, openEngine, TestClient } from '../support/engine.ts';
import { startTestCluster, type TestCluster, testFlavour } from '../support/test-cluster.ts';

// Servers whose defaults are made for other programs. Sessions are ours, and values come back as they were given.
let cluster: TestCluster;
const admins: Connection[] = [];

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 1 });
  await migrateOrders(cluster);
  const source = await cluster.admin('source');
  const { user } = cluster.cluster.credentials.app;
  // As empty as somebody else's: what is sent there finds nothing.
  await source.query('CREATE DATABASE elsewhere');
  await source.query('CREATE TABLE elsewhere.orders LIKE orders.orders');
  await source.query(`GRANT SELECT, INSERT ON elsewhere.* TO '${user}'@'127.0.0.1'`);
  await source.end();
  await caughtUp(cluster, 'replica-1');
  for (const { name } of cluster.cluster.nodes) admins.push(await cluster.admin(name));
});

afterAll(async () => {
  await Promise.all(admins.map((admin) => admin.end()));
  await cluster.stop();
});

const isMariadb = () => cluster.cluster.flavour === 'mariadb';

async function setEverywhere(settings: Record<string, string>): Promise<Record<string, unknown>> {
  const before: Record<string, unknown> = {};
  for (const admin of admins) {
    for (const [name, value] of Object.entries(settings)) {
      const [row] = await admin.query(`SELECT @@GLOBAL.${name} AS value`);
      before[name] = row.value;
      await admin.query(`SET GLOBAL ${name} = ${value}`);
    }
  }
  return before;
}

const asked = `SELECT @@character_set_client AS client, @@character_set_connection AS connection, @@character_set_results AS results,
  @@collation_connection AS collation, @@time_zone AS zone, @@sql_mode AS mode, @@autocommit AS autocommit,
  @@completion_type AS completion, @@foreign_key_checks AS fk, @@unique_checks AS uniq, @@sql_safe_updates AS safe,
  @@sql_select_limit AS rowsAtMost, DATABASE() AS db`;
const ours = {
  client: 'utf8mb4',
  connection: 'utf8mb4',
  results: 'utf8mb4',
  collation: 'utf8mb4_unicode_ci',
  zone: '+00:00',
  autocommit: 1,
  completion: 'NO_CHAIN',
  fk: 1,
  uniq: 1,
  safe: 0,
  db: 'orders',
};

async function sessionsOf(database: OrdersDatabase): Promise<Record<string, Record<string, unknown>>> {
  const [address] = nodesOf(cluster);
  if (address === undefined) throw new Error('no source');
  const isolation = isMariadb() ? '@@tx_isolation' : '@@transaction_isolation';
  const sql = `${asked}, ${isolation} AS isolation`;
  const direct = await openDirectConnection(cluster.urls().source);
  const probe = new ServerConnection(address, systemClock, () => undefined);
  const mirror = new MirrorConnection(address, systemClock);
  try {
    const { value } = await new TestClient(database).write((tx) => tx.$queryRawUnsafe<Record<string, unknown>[]>(sql));
    return {
      pool: value[0] ?? {},
      direct: (await direct.query<Record<string, unknown>[]>(sql))[0] ?? {},
      probe: await probe.use(
        2000,
        async (connection) => (await connection.query<Record<string, unknown>[]>(sql))[0] ?? {},
      ),
      mirror: await mirror.use(
        2000,
        async (connection) => (await connection.query<Record<string, unknown>[]>(sql))[0] ?? {},
      ),
    };
  } finally {
    await direct.end();
    await probe.close();
    await mirror.close();
  }
}

const text = 'Grüße 日本 😀 \\ \' " `%_ end';

const hostile: [string, Record<string, string>][] = [
  ['latin1 for every connection', { init_connect: "'SET NAMES latin1'" }],
  ['three bytes a character', { init_connect: "'SET NAMES utf8mb3'" }],
  ['binary', { init_connect: "'SET NAMES binary'" }],
  [
    'no commit, no keys',
    { init_connect: "'SET autocommit = 0, foreign_key_checks = 0, unique_checks = 0, sql_safe_updates = 1'" },
  ],
  ['another database', { init_connect: "'USE elsewhere'" }],
  ['a short list', { init_connect: "'SET sql_select_limit = 1'" }],
  ['the modes of another server', { sql_mode: "'ANSI'" }],
  ['backslashes that mean nothing', { sql_mode: "'NO_BACKSLASH_ESCAPES'" }],
  ['no modes at all', { sql_mode: "''" }],
  ['a chain of transactions', { completion_type: "'CHAIN'" }],
  ['a connection for each transaction', { completion_type: "'RELEASE'" }],
  ['autocommit off', { autocommit: '0' }],
  ['another time zone', { time_zone: "'+05:30'" }],
  ['dirty reads', { '@isolation': "'READ-UNCOMMITTED'" }],
  ['locking reads', { '@isolation': "'SERIALIZABLE'" }],
  ['no writes', { '@readonly': '1' }],
];

describe('on servers with', () => {
  it.each(hostile)('%s, sessions are ours and values are kept', keepsValues);

  // MySQL knows no such mode.
  it.skipIf(testFlavour() === 'mysql')('the words of another server, sessions are ours and values are kept', () =>
    keepsValues('the words of another server', { sql_mode: "'ORACLE'" }),
  );

  async function keepsValues(what: string, given: Record<string, string>): Promise<void> {
    const names: Record<string, string> = {
      '@isolation': isMariadb() ? 'tx_isolation' : 'transaction_isolation',
      '@readonly': isMariadb() ? 'tx_read_only' : 'transaction_read_only',
    };
    const settings = Object.fromEntries(Object.entries(given).map(([name, value]) => [names[name] ?? name, value]));
    const before = await setEverywhere(settings);
    const database = await openEngine(cluster);
    try {
      for (const [kind, session] of Object.entries(await sessionsOf(database))) {
        expect(
          {
            ...session,
            autocommit: Number(session.autocommit),
            fk: Number(session.fk),
            uniq: Number(session.uniq),
            safe: Number(session.safe),
          },
          kind,
        ).toMatchObject({
          ...ours,
          isolation: 'REPEATABLE-READ',
        });
        expect(String(session.mode), kind).toMatch(/STRICT_/);
        expect(String(session.mode), kind).not.toMatch(/ANSI|ORACLE|ESCAPES/);
        expect(String(session.rowsAtMost), kind).toBe('18446744073709551615');
      }
      const client = new TestClient(database);
      const items = [1, 2].map((line) => ({
        line,
        sku: text.slice(0, 12),
        name: text,
        quantity: 1,
        unitPrice: '1.00',
      }));
      const createdAt = new Date('2026-02-28T23:59:59.999Z');
      const data = { ...newOrder(), number: `${newOrder().number}-日本`, createdAt, items: { create: items } };
      const { value } = await client.write((tx) => tx.order.create({ data }));
      await caughtUp(cluster, 'replica-1');
      for (const level of ['SESSION', 'STRONG'] as const) {
        const order = await client.read(
          async (read) => read.order.findUnique({ where: { id: value.id }, include: { items: true } }),
          { level },
        );
        expect(order, `${what} by ${client.decision?.node}`).toMatchObject({
          number: data.number,
          createdAt,
          items: items.map(({ sku, name }) => ({ sku, name })),
        });
      }
    } finally {
      await database.stop();
      for (const admin of admins) {
        for (const [name, value] of Object.entries(before)) await admin.query(`SET GLOBAL ${name} = ?`, [value]);
      }
    }
  }
});

describe('a session that is not ours after all', () => {
  it.each([
    ['in another database', 'USE elsewhere'],
    ['at another isolation', 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED'],
    ['in another character set', 'SET NAMES latin1'],
    ['without strict modes', "SET sql_mode = ''"],
  ])('%s is refused', async (_, made) => {
    const connection = await openDirectConnection(cluster.urls().source);
    try {
      await connection.query(sessionCheck('orders'));
      await connection.query(sessionCheck('ORDERS'));
      await connection.query(made);
      await expect(connection.query(sessionCheck('orders'))).rejects.toMatchObject({ errno: 1242 });
    } finally {
      await connection.end();
    }
  });
});
