import { randomUUID } from 'node:crypto';
import { type GraphQLError, graphql } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TidemarkError } from '../../src/errors.ts';
import type { OperationContext } from '../../src/graphql/context.ts';
import { schema } from '../../src/graphql/schema.ts';
import { cursorToken } from '../../src/orders/order-cursor.ts';
import { type OrdersDatabase, startOrdersDatabase } from '../support/orders-database.ts';

let database: OrdersDatabase;

/** What the documents below may answer; a test looks only at what it asked for. */
type OrderAnswer = { id: string; createdAt: string; items: unknown[] };
type WriteAnswer = {
  order: OrderAnswer;
  faults: { path: string[] }[];
  consistencyToken: string;
};
type WriteData = Record<'createOrder' | 'updateOrder' | 'deleteOrder', WriteAnswer>;
type ReadData = {
  order: OrderAnswer;
  node: OrderAnswer;
  nodes: (OrderAnswer & { __typename: string })[];
  orders: {
    edges: { cursor: string; node: OrderAnswer }[];
    pageInfo: { endCursor: string };
  };
  orderCounts: Record<string, number>;
};

async function ask<Data = ReadData>(
  source: string,
  variableValues: Record<string, unknown> = {},
  context: Partial<OperationContext> = {},
) {
  database.statements.clear();
  const contextValue = { ...database.context(), ...context };
  const { data, errors = [] } = await graphql({ schema, source, variableValues, contextValue });
  return { data: data as Data, errors, statements: database.statements.all() };
}

const codeOf = (error: GraphQLError | undefined) =>
  error?.originalError instanceof TidemarkError ? error.originalError.code : error?.message;

const items = [
  { sku: 'MUG', name: 'Mug', quantity: 3, unitPrice: '0.10' },
  { sku: 'PAN', name: 'Pan', quantity: 1, unitPrice: '5.00' },
];
const orderFields = `id number userId status version createdAt updatedAt processedAt
  total { amount currency } charge { amount } items { line sku name quantity unitPrice lineTotal }`;
const refusal = '... on UserError { code path message } ... on InvalidInputError { faults { path message } }';
const createDocument = `mutation ($input: CreateOrderInput!) { createOrder(input: $input) {
  __typename ... on CreateOrderPayload { consistencyToken order { ${orderFields} } } ${refusal} } }`;
const updateDocument = `mutation ($input: UpdateOrderInput!) { updateOrder(input: $input) {
  __typename ... on UpdateOrderPayload { consistencyToken order { ${orderFields} } } ${refusal}
  ... on VersionConflictError { expectedVersion current { ${orderFields} } }
  ... on InvalidStatusTransitionError { from to allowed } } }`;
const deleteDocument = `mutation ($input: DeleteOrderInput!) { deleteOrder(input: $input) {
  __typename ... on DeleteOrderPayload { consistencyToken deletedOrderId } ${refusal}
  ... on VersionConflictError { current { version } } } }`;

const create = async (part: object = {}) =>
  (await ask<WriteData>(createDocument, { input: { userId: 7, currency: 'EUR', items, ...part } })).data.createOrder;
const update = async (input: object) => (await ask<WriteData>(updateDocument, { input })).data.updateOrder;
const remove = async (input: object) => (await ask<WriteData>(deleteDocument, { input })).data.deleteOrder;

beforeAll(async () => {
  database = await startOrdersDatabase();
});
afterAll(() => database?.stop());

describe('a created order', () => {
  it('comes back whole, with a token', async () => {
    const payload = await create({ number: 'N-1', charge: '5.3', processedAt: '2026-03-01T13:00:00.5+01:00' });
    expect(payload).toMatchObject({ __typename: 'CreateOrderPayload', consistencyToken: expect.stringMatching(/\d/) });
    expect(payload.order).toEqual({
      id: expect.stringMatching(/^[\w=]+$/),
      number: 'N-1',
      userId: '7',
      status: 'PENDING',
      version: 1,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: payload.order.createdAt,
      processedAt: '2026-03-01T12:00:00.500Z',
      total: { amount: '5.30', currency: 'EUR' },
      charge: { amount: '5.30' },
      items: [
        { line: 1, sku: 'MUG', name: 'Mug', quantity: 3, unitPrice: '0.10', lineTotal: '0.30' },
        { line: 2, sku: 'PAN', name: 'Pan', quantity: 1, unitPrice: '5.00', lineTotal: '5.00' },
      ],
    });
    const read = await ask(`{ order(by: { number: "N-1" }) { ${orderFields} } }`);
    expect(read.data.order).toEqual(payload.order);
  });

  it('is refused with every fault at once, each with its path, and nothing is asked of the database', async () => {
    const input = { userId: 'x', currency: 'eur', items: [{ sku: '', name: 'A', quantity: 0, unitPrice: '0.001' }] };
    const { data, errors, statements } = await ask<WriteData>(createDocument, { input });
    expect(errors).toEqual([]);
    expect(statements).toEqual([]);
    expect(data.createOrder).toMatchObject({ __typename: 'InvalidInputError', code: 'INVALID_INPUT', path: ['input'] });
    expect(data.createOrder.faults.map(({ path }) => path.join('.')).sort()).toEqual([
      'input.currency',
      'input.items.0.quantity',
      'input.items.0.sku',
      'input.items.0.unitPrice',
      'input.userId',
    ]);
  });

  it('is refused when its number is taken', async () => {
    await create({ number: 'N-2' });
    expect(await create({ number: 'N-2' })).toMatchObject({
      code: 'INVALID_INPUT',
      faults: [{ path: ['input', 'number'], message: 'is taken by another order' }],
    });
  });

  it('of the wrong type remains an error of GraphQL', async () => {
    for (const bad of [
      { items: 5 },
      { total: '1' },
      { items: [{ ...items[0], unitPrice: 0.1 }] },
      { processedAt: 'today' },
    ]) {
      const { data, errors } = await ask<WriteData>(createDocument, {
        input: { userId: 7, currency: 'EUR', items, ...bad },
      });
      expect(data).toBeUndefined();
      expect(errors[0]?.message).toContain('$input');
    }
  });
});

describe('a changed order', () => {
  it('comes back whole, also when the call is repeated after it has changed again and is gone', async () => {
    const { order } = await create();
    const input = { id: order.id, status: 'PAID', charge: '5.30', expectedVersion: 1, idempotencyKey: randomUUID() };
    const first = await update(input);
    expect(first.order).toMatchObject({ status: 'PAID', version: 2, charge: { amount: '5.30' }, items: order.items });
    await update({ id: order.id, charge: null, expectedVersion: 2 });
    await remove({ id: order.id, expectedVersion: 3 });
    const { data, statements } = await ask<WriteData>(updateDocument, { input });
    expect(data.updateOrder).toEqual(first);
    expect(statements.join()).not.toMatch(/FROM \S*`(orders|order_items)`/);
  });

  it('is shown in its current state if another client was first', async () => {
    const { order } = await create();
    const changed = await update({ id: order.id, charge: '1.00', expectedVersion: 1 });
    expect(await update({ id: order.id, charge: '2.00', expectedVersion: 1 })).toMatchObject({
      __typename: 'VersionConflictError',
      code: 'VERSION_CONFLICT',
      path: ['input', 'expectedVersion'],
      expectedVersion: 1,
      current: changed.order,
    });
    expect(await remove({ id: order.id, expectedVersion: 1 })).toMatchObject({ current: { version: 2 } });
  });

  it('moves on only as its status lets it', async () => {
    const { order } = await create();
    expect(await update({ id: order.id, status: 'COMPLETED', expectedVersion: 1 })).toMatchObject({
      code: 'INVALID_STATUS_TRANSITION',
      path: ['input', 'status'],
      from: 'PENDING',
      to: 'COMPLETED',
      allowed: ['PAID', 'CANCELLED'],
    });
  });

  it('needs an order, a change and a key of its own', async () => {
    const { order } = await create();
    const gone = Buffer.from('Order:4611686018427387904').toString('base64');
    expect(await update({ id: gone, charge: '1', expectedVersion: 1 })).toMatchObject({
      code: 'ORDER_NOT_FOUND',
      path: ['input', 'id'],
    });
    expect(await update({ id: 'what', charge: '1', expectedVersion: 0 })).toMatchObject({
      faults: [{ path: ['input', 'id'] }, { path: ['input', 'expectedVersion'] }],
    });
    expect(await update({ id: order.id, expectedVersion: 1 })).toMatchObject({
      faults: [{ path: ['input'], message: 'changes nothing' }],
    });
    const idempotencyKey = randomUUID();
    await update({ id: order.id, charge: '1', expectedVersion: 1, idempotencyKey });
    expect(await update({ id: order.id, charge: '2', expectedVersion: 1, idempotencyKey })).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
      path: ['input', 'idempotencyKey'],
    });
  });
});

describe('a deleted order', () => {
  it('leaves its id behind, every time it is asked for with the same key', async () => {
    const { order } = await create();
    const input = { id: order.id, expectedVersion: 1, idempotencyKey: randomUUID() };
    const first = await remove(input);
    expect(first).toMatchObject({ deletedOrderId: order.id, consistencyToken: expect.any(String) });
    expect(await remove(input)).toEqual(first);
    expect(await remove({ ...input, idempotencyKey: null })).toMatchObject({ code: 'ORDER_NOT_FOUND' });
    const { data } = await ask('query ($id: ID!) { order(by: { id: $id }) { id } node(id: $id) { id } }', {
      id: order.id,
    });
    expect(data).toEqual({ order: null, node: null });
  });
});

describe('a lookup', () => {
  it('is one statement, and one more only when the items are asked for', async () => {
    const { order } = await create();
    const bare = await ask('query ($id: ID!) { order(by: { id: $id }) { number total { amount } } }', { id: order.id });
    expect(bare.statements).toHaveLength(1);
    const full = await ask('query ($id: ID!) { order(by: { id: $id }) { items { sku } more: items { name } } }', {
      id: order.id,
    });
    expect(full.statements).toHaveLength(2);
    expect(full.data.order.items).toHaveLength(2);
    const node = await ask('query ($id: ID!) { node(id: $id) { id ... on Order { items { sku } } } }', {
      id: order.id,
    });
    expect(node.statements).toHaveLength(2);
    expect(node.data.node.items).toHaveLength(2);
  });

  it('of many nodes is one statement and keeps their sequence', async () => {
    const ids = [await create(), await create(), await create()].map(({ order }) => order.id);
    const asked = [ids[2], 'what', ids[0], ids[1], ids[0]];
    const { data, statements } = await ask('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', {
      ids: asked,
    });
    expect(statements).toHaveLength(1);
    expect(data.nodes.map((node) => node?.id ?? null)).toEqual([ids[2], null, ids[0], ids[1], ids[0]]);
    expect(data.nodes[0]?.__typename).toBe('Order');
  });

  it.each(['', '7', 'T3JkZXI6', 'T3JkZXI6eA==', 'VXNlcjo3', 'T3JkZXI6OTk5OTk5OTk5OTk5OTk5OTk5OTk=', '💥'])(
    'of the id %j finds nothing and breaks nothing',
    async (id) => {
      const { data, errors, statements } = await ask(
        'query ($id: ID!) { order(by: { id: $id }) { id } node(id: $id) { id } nodes(ids: [$id]) { id } }',
        { id },
      );
      expect({ data, errors, statements }).toEqual({
        data: { order: null, node: null, nodes: [null] },
        errors: [],
        statements: [],
      });
    },
  );

  it('names its order in exactly one way', async () => {
    for (const by of ['{}', '{ id: "a", number: "b" }', '{ id: null }']) {
      expect((await ask(`{ order(by: ${by}) { id } }`)).errors).not.toEqual([]);
    }
  });
});

describe('a list', () => {
  beforeEach(async () => {
    await database.client.order.deleteMany();
    for (const charge of ['1', null, '3']) await create({ charge });
  });

  const list = (args: string, selection: string) => ask(`{ orders(${args}) { ${selection} } }`);

  it('is one statement, and one more each for items and for the total count', async () => {
    const cost = async (selection: string) => (await list('first: 2', selection)).statements.length;
    expect(await cost('nodes { id }')).toBe(1);
    expect(await cost('edges { cursor node { id } } nodes { id } pageInfo { hasNextPage endCursor }')).toBe(1);
    expect(await cost('edges { node { items { sku } } } nodes { items { name } }')).toBe(2);
    expect(await cost('totalCount')).toBe(1);
    expect(await cost('totalCount nodes { items { sku } }')).toBe(3);
    expect(await cost('__typename')).toBe(0);
  });

  it('goes on from its cursors, forwards and backwards', async () => {
    const selection = 'edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
    const all = (await list('first: 100', selection)).data.orders;
    expect(all.edges).toHaveLength(3);
    const second = (await list(`first: 1, after: "${all.edges[0]?.cursor}"`, selection)).data.orders;
    expect(second.edges[0]?.node).toEqual(all.edges[1]?.node);
    expect(second.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
    const last = (await list(`last: 2, before: "${all.pageInfo.endCursor}"`, selection)).data.orders;
    expect(last.edges.map(({ node }) => node.id)).toEqual(all.edges.slice(0, 2).map(({ node }) => node.id));
    expect(last.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  });

  it('asks once where it stands, after its rows were read, and only for cursors', async () => {
    const tokens: number[] = [];
    const pageToken = async () => {
      tokens.push(database.statements.all().length);
      return 'a-token';
    };
    const { data } = await ask('{ orders { edges { cursor } pageInfo { startCursor endCursor } } }', {}, { pageToken });
    expect(tokens).toEqual([1]);
    for (const { cursor } of data.orders.edges) expect(cursorToken(cursor)).toBe('a-token');
    await ask('{ orders { nodes { id } totalCount pageInfo { hasNextPage } } }', {}, { pageToken });
    expect(tokens).toHaveLength(1);
  });

  it('is empty without a fault when nothing matches', async () => {
    const { data, errors } = await list(
      'where: { userId: 999 }',
      'edges { cursor } nodes { id } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }',
    );
    expect(errors).toEqual([]);
    expect(data.orders).toEqual({
      edges: [],
      nodes: [],
      totalCount: 0,
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  it.each([
    ['first: 0', 'BAD_USER_INPUT'],
    ['first: 101', 'BAD_USER_INPUT'],
    ['last: -1', 'BAD_USER_INPUT'],
    ['first: 1, last: 1', 'BAD_USER_INPUT'],
    ['where: { userId: "x" }', 'BAD_USER_INPUT'],
    ['where: { total: { min: "1.001" } }', 'BAD_USER_INPUT'],
    ['where: { total: { min: "2", max: "1" } }', 'BAD_USER_INPUT'],
    ['where: { created: { from: "2026-02-01T00:00:00Z", to: "2026-01-01T00:00:00Z" } }', 'BAD_USER_INPUT'],
    ['after: "what"', 'BAD_CURSOR'],
    ['before: ""', 'BAD_CURSOR'],
  ])('asked for with %s is refused with %s', async (args, code) => {
    const { errors, statements } = await list(args, 'nodes { id }');
    expect(errors.map(codeOf)).toEqual([code]);
    expect(statements).toEqual([]);
  });

  it('refuses a cursor of another sort', async () => {
    const { data } = await list('orderBy: { field: TOTAL }', 'pageInfo { endCursor }');
    const cursor = data.orders.pageInfo.endCursor;
    expect((await list(`orderBy: { field: TOTAL }, after: "${cursor}"`, 'nodes { id }')).errors).toEqual([]);
    for (const other of ['TOTAL, direction: DESC', 'NUMBER', 'CREATED_AT']) {
      const { errors } = await list(`orderBy: { field: ${other} }, after: "${cursor}"`, 'nodes { id }');
      expect(errors.map(codeOf)).toEqual(['BAD_CURSOR']);
    }
  });

  it('is counted in the database, and only what is asked for', async () => {
    const all = await ask('{ orderCounts { pending missingCharge missingProcessedAt total } }');
    expect(all.data.orderCounts).toEqual({ pending: 3, missingCharge: 1, missingProcessedAt: 3, total: 3 });
    expect(all.statements).toHaveLength(4);
    expect((await ask('{ orderCounts { pending } }')).statements).toHaveLength(1);
  });
});

it('Several writes of one operation run one after another, each with the token of its time', async () => {
  const document = `mutation ($input: CreateOrderInput!) {
    a: createOrder(input: $input) { ... on CreateOrderPayload { consistencyToken order { items { sku } } } }
    b: createOrder(input: $input) { ... on CreateOrderPayload { consistencyToken order { items { sku } } } } }`;
  const { data, errors } = await ask<Record<'a' | 'b', WriteAnswer>>(document, {
    input: { userId: 7, currency: 'EUR', items },
  });
  expect(errors).toEqual([]);
  expect(data.a.consistencyToken).not.toBe(data.b.consistencyToken);
  expect(data.b.order.items).toEqual(data.a.order.items);
});
