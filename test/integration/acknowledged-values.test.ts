import fc from 'fast-check';
import type { Connection } from 'mariadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/database/migrations/migrate.ts';
import { environmentFor } from '../consistency/api-process.ts';
import { caughtUp, migrateOrders } from '../support/engine.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { backupMigrations } from '../support/mirrored-orders.ts';
import { withToken } from '../support/orders-over-http.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { until } from '../support/until.ts';

// Whatever a mutation acknowledged reads back equal: from the source, a replica and the backup.
let cluster: TestCluster;
let api: TestApi;
const maxId = 2n ** 63n - 1n;

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 1, backup: true, redis: true });
  await migrateOrders(cluster);
  await migrate({ url: cluster.adminUrl('backup'), directory: backupMigrations, log: () => undefined });
  const admin = await cluster.admin('source');
  await admin.query('ALTER TABLE orders AUTO_INCREMENT = 1000000000000000000');
  await admin.end();
  await caughtUp(cluster, 'replica-1');
  api = await startApi({ ...environmentFor(cluster), REDIS_URL: cluster.urls().redis ?? '', LOG_LEVEL: 'silent' });
});

afterAll(async () => {
  await api?.stop();
  await cluster.stop();
});

const whole =
  'id number userId total { amount currency } charge { amount } processedAt version createdAt items { line sku name quantity unitPrice }';
const create = `mutation ($input: CreateOrderInput!) { createOrder(input: $input) { __typename
  ... on CreateOrderPayload { order { ${whole} } } ... on UserError { message } } }`;
const update = `mutation ($input: UpdateOrderInput!) { updateOrder(input: $input) { __typename
  ... on UpdateOrderPayload { order { ${whole} } } ... on UserError { message } } }`;
const remove = `mutation ($input: DeleteOrderInput!) { deleteOrder(input: $input) { __typename ... on UserError { message } } }`;
const read = `query ($id: ID!) { node(id: $id) { ... on Order { ${whole} } } order(by: { id: $id }) { id } }`;

const unit = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
  fc.constantFrom(
    '日本',
    '😀',
    'é',
    'e\u0301',
    'ﬁ',
    '\u0000',
    '\\',
    "'",
    '"',
    '\u200b',
    '\ud83d',
    '\udc00',
    'ß',
    '%',
    '_',
    ';',
  ),
);
const text = fc.array(unit, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
const hundredths = fc
  .integer({ min: 0, max: 19_999_999_999 })
  .map((amount) => `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`);
const moment = fc
  .date({ min: new Date('1000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const input = fc.record({
  userId: fc.oneof(fc.bigInt({ min: 1n, max: maxId }), fc.constant(maxId)).map(String),
  currency: fc.constantFrom('EUR', 'USD', 'JPY'),
  items: fc.array(
    fc.record({
      sku: text,
      name: text,
      quantity: fc.integer({ min: 1, max: 1_000_000 }),
      unitPrice: fc.constantFrom('0.01', '99.99', '0.00'),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
  charge: fc.option(hundredths),
  processedAt: fc.option(moment),
  idempotencyKey: fc.option(fc.tuple(fc.uuid(), text).map(([id, tail]) => `${id} ${tail}`)),
});

/** What becomes of an order once it was created. */
const later = fc.record({
  change: fc.option(
    fc.record({
      charge: fc.option(hundredths),
      processedAt: fc.option(moment),
      status: fc.constantFrom('PAID', 'CANCELLED'),
    }),
  ),
  isDeleted: fc.integer({ min: 1, max: 4 }).map((one) => one === 1),
});

type Item = { line: number; sku: string; name: string; quantity: number; unitPrice: string };
type Acknowledged = {
  id: string;
  number: string;
  userId: string;
  total: { amount: string; currency: string };
  charge: { amount: string } | null;
  processedAt: string | null;
  version: number;
  createdAt: string;
  items: Item[];
};

const databaseId = (id: string) => Buffer.from(id, 'base64').toString().split(':')[1] ?? '';
const inHex = (text: string) => Buffer.from(text).toString('hex').toUpperCase();
const asStored = (moment: string | null) => (moment === null ? null : moment.replace('T', ' ').replace('Z', ''));

/** An order as its tables must have it, byte for byte. */
const rowsOf = ({ id, number, userId, total, charge, processedAt, version, createdAt, items }: Acknowledged) => ({
  order: [
    databaseId(id),
    inHex(number),
    userId,
    total.amount,
    total.currency,
    charge?.amount ?? null,
    asStored(processedAt),
  ].concat(String(version), asStored(createdAt)),
  items: items.map(({ line, sku, name, quantity, unitPrice }) =>
    [line, inHex(sku), inHex(name), quantity, unitPrice].map(String),
  ),
});

/** What a server's tables have of it, `null` when nothing. */
async function rowsOn(server: Connection, id: string): Promise<ReturnType<typeof rowsOf> | null> {
  const select = (columns: readonly string[]) => columns.map((column) => `CAST(${column} AS CHAR)`).join(', ');
  const ask = (columns: readonly string[], rest: string): Promise<(string | null)[][]> =>
    server.query({ sql: `SELECT ${select(columns)} ${rest}`, rowsAsArray: true }, [databaseId(id)]);
  const money = ['HEX(number)', 'user_id', 'total', 'currency', 'charge', 'processed_at', 'version', 'created_at'];
  const [order] = await ask(['id', ...money], 'FROM orders WHERE id = ?');
  const columns = ['line', 'HEX(sku)', 'HEX(name)', 'quantity', 'unit_price'];
  const items = await ask(columns, 'FROM order_items WHERE order_id = ? ORDER BY line');
  if (order === undefined) return items.length === 0 ? null : { order: [], items: items as string[][] };
  return { order, items: items as string[][] };
}

describe('what a mutation acknowledged', () => {
  it('reads back equal from everywhere, and what cannot is refused', async () => {
    let kept = 0;
    /** What each order was last said to be, `null` when it was deleted. */
    const acknowledged = new Map<string, Acknowledged | null>();
    const property = fc.asyncProperty(input, later, async (given, { change, isDeleted }) => {
      const answer = await ask(api, create, { variables: { input: given } });
      expect(answer.errors).toEqual([]);
      const { __typename: type, order } = answer.data.createOrder;
      const texts = [...given.items.flatMap(({ sku, name }) => [sku, name]), given.idempotencyKey ?? ''];
      if (!texts.every((value) => value.isWellFormed())) {
        expect(type).toBe('InvalidInputError');
        return;
      }
      if (type !== 'CreateOrderPayload') return;
      kept += 1;
      expect(order).toMatchObject({
        userId: given.userId,
        charge: given.charge === null ? null : { amount: given.charge },
        total: { currency: given.currency },
        processedAt: given.processedAt,
        items: given.items.map((item, index) => ({ line: index + 1, ...item })),
      });
      const headers = withToken(String(answer.token));
      for (const level of ['SESSION', 'STRONG']) {
        const back = await ask(api, read.replace('($id: ID!)', `($id: ID!) @consistency(level: ${level})`), {
          variables: { id: order.id },
          headers,
        });
        expect(back.data, JSON.stringify(back.errors)).toEqual({ node: order, order: { id: order.id } });
      }
      if (given.idempotencyKey !== null) {
        const again = await ask(api, create, { variables: { input: given } });
        expect(again.data.createOrder.order).toEqual(order);
      }
      acknowledged.set(order.id, order);
      if (change !== null) {
        const changing = { id: order.id, expectedVersion: order.version, ...change };
        const changed = await ask(api, update, { variables: { input: changing } });
        expect(changed.data.updateOrder.order).toMatchObject({
          version: order.version + 1,
          charge: change.charge === null ? null : { amount: change.charge },
          processedAt: change.processedAt,
        });
        acknowledged.set(order.id, changed.data.updateOrder.order);
      }
      if (isDeleted) {
        const removing = { id: order.id, expectedVersion: acknowledged.get(order.id)?.version };
        const removed = await ask(api, remove, { variables: { input: removing } });
        expect(removed.data.deleteOrder.__typename).toBe('DeleteOrderPayload');
        acknowledged.set(order.id, null);
      }
    });
    await fc.assert(property, { numRuns: 60, endOnFailure: true });
    expect(kept).toBeGreaterThan(10);
    const source = await cluster.admin('source');
    await until('the backup is told all of it', async () => {
      const [row] = await source.query('SELECT COUNT(*) AS waiting FROM outbox');
      return Number(row.waiting) === 0;
    });
    await caughtUp(cluster, 'replica-1');
    await source.end();
    for (const name of ['source', 'replica-1', 'backup']) {
      const server = await cluster.admin(name);
      await server.query("SET NAMES utf8mb4, time_zone = '+00:00'");
      for (const [id, order] of acknowledged) expect(await rowsOn(server, id), name).toEqual(order && rowsOf(order));
      await server.end();
    }
  });
});

describe('two keys that differ', () => {
  it.each([
    ['in half a character', 'order-\ud83d', 'order-\ud83e', 0],
    ['in case', 'order-a', 'order-A', 2],
    ['in an accent', 'order-e', 'order-é', 2],
    ['in composition', 'order-é', 'order-e\u0301', 2],
    ['in width', 'order-1', 'order-１', 2],
    ['in invisible characters', 'order-x', 'order-x\u200b', 2],
    ['in a NUL', 'order-n', 'order-n\u0000', 2],
    ['behind 190 characters', `${'k'.repeat(190)}1`, `${'k'.repeat(190)}2`, 2],
    ['behind 99 characters of two halves', `${'😀'.repeat(99)}1`, `${'😀'.repeat(99)}2`, 2],
  ])('%s never meet', async (_, first, second, expected) => {
    const ids = new Set<string>();
    for (const idempotencyKey of [first, second]) {
      const items = [{ sku: 'S', name: 'N', quantity: 1, unitPrice: '1.00' }];
      const answer = await ask(api, create, {
        variables: { input: { userId: '1', currency: 'EUR', items, idempotencyKey } },
      });
      if (answer.data.createOrder.order) ids.add(answer.data.createOrder.order.id);
    }
    expect(ids.size).toBe(expected);
  });
});

describe('a list of orders with ids of 19 digits', () => {
  it('goes on by its own cursors, is found by its links, and its orders are changed and deleted', async () => {
    const page =
      'query ($after: String) { orders(first: 2, after: $after) { nodes { id number version } pageInfo { endCursor hasNextPage hasPreviousPage } } }';
    const first = await ask(api, page);
    const next = await ask(api, page, {
      variables: { after: first.data.orders.pageInfo.endCursor },
      headers: withToken(String(first.token)),
    });
    expect(next.errors).toEqual([]);
    expect(next.data.orders.nodes.length).toBeGreaterThan(0);
    expect(next.data.orders.pageInfo.hasPreviousPage).toBe(true);
    const [{ id, version }] = first.data.orders.nodes;
    expect(BigInt(Buffer.from(id, 'base64').toString().split(':')[1] ?? '0')).toBeGreaterThanOrEqual(10n ** 18n);
    const update = await ask(
      api,
      'mutation ($input: UpdateOrderInput!) { updateOrder(input: $input) { ... on UpdateOrderPayload { order { id charge { amount } } } } }',
      {
        variables: { input: { id, expectedVersion: version, charge: '3.50' } },
      },
    );
    expect(update.data.updateOrder.order).toEqual({ id, charge: { amount: '3.50' } });
    const removed = await ask(
      api,
      'mutation ($input: DeleteOrderInput!) { deleteOrder(input: $input) { ... on DeleteOrderPayload { deletedOrderId } } }',
      {
        variables: { input: { id, expectedVersion: version + 1 } },
      },
    );
    expect(removed.data.deleteOrder.deletedOrderId).toBe(id);
  });

  it('refuses dates that are none wherever they are given', async () => {
    const filter = 'query ($from: DateTime) { orders(where: { created: { from: $from } }) { nodes { id } } }';
    for (const from of ['2026-02-30T12:00:00Z', '2026-01-01T24:00:00Z', '2016-12-31T23:59:60Z']) {
      const { data, errors } = await ask(api, filter, { variables: { from } });
      expect(data ?? null).toBeNull();
      expect(errors[0]?.message).toContain('DateTime');
    }
  });
});
