// Tables that are narrower than ours: in other character sets, with shorter columns, with rules of their own. What they cannot
// store unchanged is refused in the caller's words, and nothing of it is there.
import type { Connection } from 'mariadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentFor } from '../consistency/api-process.ts';
import { migrateOrders, newOrder, openEngine, TestClient } from '../support/engine.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { restartWith } from '../support/restart-with.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { until } from '../support/until.ts';

let cluster: TestCluster;
let api: TestApi;
let admin: Connection;
let restore: () => Promise<void>;

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 0 });
  await migrateOrders(cluster);
  ({ restore } = await restartWith(cluster, 'source', [
    '--innodb-rollback-on-timeout=ON',
    '--character-set-server=latin1',
    '--collation-server=latin1_swedish_ci',
    ...(cluster.cluster.flavour === 'mariadb' ? ['--skip-character-set-client-handshake'] : []),
  ]));
  admin = await cluster.admin('source');
  await admin.query('SET GLOBAL read_only = OFF');
  for (const alteration of [
    'order_items MODIFY sku VARCHAR(8) CHARACTER SET ascii NOT NULL, MODIFY name VARCHAR(200) CHARACTER SET latin1 NOT NULL',
    'order_items MODIFY quantity TINYINT UNSIGNED NOT NULL, MODIFY unit_price DECIMAL(4, 2) NOT NULL',
    'orders MODIFY number VARCHAR(32) CHARACTER SET latin1 NOT NULL, ADD CONSTRAINT modest CHECK (charge < 100)',
    "orders MODIFY status ENUM('PENDING', 'PAID') NOT NULL DEFAULT 'PENDING', MODIFY user_id TINYINT UNSIGNED NOT NULL",
    'idempotency_keys MODIFY `key` VARCHAR(20) CHARACTER SET utf8mb3 NOT NULL',
  ]) {
    await admin.query(`ALTER TABLE ${alteration}`);
  }
  api = await startApi({ ...environmentFor(cluster), LOG_LEVEL: 'silent' });
});

afterAll(async () => {
  await api?.stop();
  await admin?.end();
  await restore?.();
  await cluster.stop();
});

const create = `mutation ($input: CreateOrderInput!) { createOrder(input: $input) { __typename
  ... on CreateOrderPayload { order { id number items { sku name } } }
  ... on InvalidInputError { message faults { path message } } } }`;
const item = { sku: 'S', name: 'Grüße', quantity: 1, unitPrice: '1.00' };
const input = { userId: '1', currency: 'EUR', items: [item] };
const counted = async () => Number((await admin.query('SELECT COUNT(*) AS n FROM orders'))[0].n);

describe('a value that the table cannot store', () => {
  it.each([
    ['characters of another set', { items: [item, { ...item, name: '日本' }] }, ['items', '1', 'name'], 'characters'],
    ['a picture', { items: [{ ...item, name: 'a 😀' }] }, ['items', '0', 'name'], 'characters'],
    ['an accent where there are none', { items: [{ ...item, sku: 'é' }] }, ['items', '0', 'sku'], 'characters'],
    ['a long text', { items: [item, item, { ...item, sku: 'S-1234567' }] }, ['items', '2', 'sku'], 'longer'],
    ['a large number', { items: [{ ...item, quantity: 256 }] }, ['items', '0', 'quantity'], 'range'],
    ['a large amount', { items: [{ ...item, unitPrice: '100.00' }] }, ['items', '0', 'unitPrice'], 'range'],
    ['a large id', { userId: '256' }, ['userId'], 'range'],
    ['what a rule forbids', { charge: '100.00' }, [], 'rule'],
    ['a key of pictures', { idempotencyKey: 'key 😀' }, ['idempotencyKey'], 'characters'],
    ['a long key', { idempotencyKey: 'k'.repeat(21) }, ['idempotencyKey'], 'longer'],
  ] as const)('%s is refused where it was given', async (_, given, path, word) => {
    const before = await counted();
    const { data, errors } = await ask(api, create, { variables: { input: { ...input, ...given } } });
    expect(errors).toEqual([]);
    const { __typename: type, faults } = data.createOrder;
    expect([type, faults.length]).toEqual(['InvalidInputError', 1]);
    expect(faults[0].path).toEqual(['input', ...path]);
    expect(faults[0].message).toContain(word);
    expect(await counted()).toBe(before);
  });

  it('is refused in a change, too', async () => {
    const { data } = await ask(api, create, { variables: { input } });
    const { id } = data.createOrder.order;
    const update = `mutation ($input: UpdateOrderInput!) { updateOrder(input: $input) { __typename ... on InvalidInputError { faults { path message } } } }`;
    const to = (given: object) => ask(api, update, { variables: { input: { id, expectedVersion: 1, ...given } } });
    expect((await to({ charge: '100.00' })).data.updateOrder).toMatchObject({ __typename: 'InvalidInputError' });
    expect((await to({ status: 'CANCELLED' })).data.updateOrder).toEqual({
      __typename: 'InvalidInputError',
      faults: [
        { path: ['input', 'status'], message: expect.stringContaining('has a form that the database cannot store') },
      ],
    });
    expect((await to({ status: 'PAID' })).data.updateOrder.__typename).toBe('UpdateOrderPayload');
  });

  it('and what it can store comes back as it was given', async () => {
    const { data } = await ask(api, create, { variables: { input: { ...input, number: 'N-1' } } });
    expect(data.createOrder.order).toMatchObject({ number: 'N-1', items: [{ sku: 'S', name: 'Grüße' }] });
    const back = await ask(api, '{ order(by: { number: "N-1" }) { items { name } } }');
    expect(back.data.order.items).toEqual([{ name: 'Grüße' }]);
  });

  it('is found nowhere, without an error', async () => {
    for (const number of ['日本', '😀', "N-1'; --", 'x'.repeat(300)]) {
      const { data, errors } = await ask(api, 'query ($number: String!) { order(by: { number: $number }) { id } }', {
        variables: { number },
      });
      expect([
        data?.order ?? null,
        errors.filter(({ extensions }) => extensions.code === 'INTERNAL_SERVER_ERROR'),
      ]).toEqual([null, []]);
    }
  });

  it('is named for users of their own models', async () => {
    const database = await openEngine(cluster);
    try {
      const write = new TestClient(database).write((tx) => tx.order.create({ data: { ...newOrder(), userId: 256n } }));
      await expect(write).rejects.toMatchObject({
        code: 'VALUE_REFUSED',
        retryable: false,
        facts: { column: 'user_id' },
      });
    } finally {
      await database.stop();
    }
  });
});

describe('a lock timeout that ends the transaction on the server', () => {
  it('leaves nothing of work that goes on after it', async () => {
    const pool = { connectionsPerNode: 4, acquireTimeoutMs: 5000, statementTimeoutMs: 2000 };
    const database = await openEngine(cluster, { pool, transactionTimeoutMs: 60_000 });
    const [locked, before, after] = [newOrder(), newOrder(), newOrder()];
    const client = new TestClient(database);
    await client.write((tx) => tx.order.create({ data: locked }));
    const holder = await cluster.admin('source');
    await holder.query('BEGIN');
    await holder.query('UPDATE orders SET version = 7 WHERE number = ?', [locked.number]);
    let runs = 0;
    const codes: unknown[] = [];
    try {
      await client.write(async (tx) => {
        runs += 1;
        await tx.order.create({ data: before });
        await tx.order.update({ where: { number: locked.number }, data: { version: 8 } }).catch(() => undefined);
        await tx.order.create({ data: after }).catch(async (error: unknown) => {
          codes.push((error as { code?: unknown }).code);
          const rows: unknown[] = await admin.query('SELECT 1 FROM orders WHERE number IN (?, ?)', [
            before.number,
            after.number,
          ]);
          codes.push(rows.length);
          await holder.query('ROLLBACK');
        });
      });
      expect(codes).toEqual(['TRANSACTION_ROLLED_BACK', 0]);
      expect(runs).toBe(2);
      await until('it is there whole', async () => {
        const rows: { version: number; number: string }[] = await admin.query(
          'SELECT number, version FROM orders WHERE number IN (?, ?, ?)',
          [locked.number, before.number, after.number],
        );
        return rows.length === 3 && rows.some(({ number, version }) => number === locked.number && version === 8);
      });
    } finally {
      await holder.end();
      await database.stop();
    }
  });
});
