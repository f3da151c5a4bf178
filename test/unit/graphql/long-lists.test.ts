import { execute, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { readWithItems, TooManyItemsError } from '../../../src/graphql/limits/read-items.ts';
import { schema } from '../../../src/graphql/schema.ts';
import { allSettled } from '../../support/ticking-clock.ts';

/** Rows that count how often a field of theirs is resolved. */
function countedRows(count: number, name: string, value: unknown) {
  const counted = { resolved: 0 };
  const row = Object.defineProperty({}, name, {
    get: () => {
      counted.resolved += 1;
      return value;
    },
  });
  return { counted, rows: Array.from({ length: count }, () => row) };
}

/** How many fields are resolved between two turns of the event loop, at most. */
async function maxAtOnce(query: string, context: object, counted: { readonly resolved: number }, all: number) {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const answer = Promise.resolve(execute({ schema, document, contextValue: context }));
  let most = counted.resolved;
  while (counted.resolved < all) {
    const before = counted.resolved;
    await allSettled();
    most = Math.max(most, counted.resolved - before);
  }
  expect((await answer).errors).toBeUndefined();
  return most;
}

describe('a long list', () => {
  it('of routed operations is answered a few rows at a time', async () => {
    const { counted, rows } = countedRows(500, 'sequence', 1);
    const query = '{ a: routingLog(last: 500) { sequence } b: routingLog(last: 500) { sequence } }';
    expect(await maxAtOnce(query, { routingLog: { last: () => rows } }, counted, 1000)).toBeLessThanOrEqual(60);
  });

  it('of cluster events likewise', async () => {
    const { counted, rows } = countedRows(200, 'node', 'a');
    const query = '{ clusterEventLog(last: 200) { node } }';
    expect(await maxAtOnce(query, { clusterEvents: { last: () => rows } }, counted, 200)).toBeLessThanOrEqual(30);
  });

  it('of jobs and of what they gave up likewise', async () => {
    const { counted, rows } = countedRows(200, 'code', 'WRONG');
    const jobs = { deadLetters: async () => rows };
    const query = '{ jobs { deadLetters(last: 200) { code } } }';
    expect(await maxAtOnce(query, { jobs }, counted, 200)).toBeLessThanOrEqual(30);
  });

  it('of orders with many items is answered an order at a time', async () => {
    const { counted, rows } = countedRows(50, 'sku', 'S');
    const page = { orders: Array(20).fill({ items: rows }), hasNextPage: false, hasPreviousPage: false };
    const context = { orders: { page: async () => page }, session: {} };
    const query = '{ orders { nodes { items { sku } } } }';
    expect(await maxAtOnce(query, context, counted, 1000)).toBeLessThanOrEqual(150);
  });
});

describe('one order under many names', () => {
  it.each([
    ['order(by: { number: "A" })', '{ items { sku } }'],
    ['node(id: "T3JkZXI6MQ==")', '{ ... on Order { items { sku } } }'],
  ])('is answered with its items once a turn: %s', async (field, selected) => {
    const { counted, rows } = countedRows(50, 'sku', 'S');
    const order = { id: 1n, items: rows };
    const client = { order: { findUnique: async () => order, findMany: async () => [order] } };
    const names = Array.from({ length: 14 }, (_, i) => `a${i}: ${field} ${selected}`);
    const most = await maxAtOnce(`{ ${names.join(' ')} }`, { session: { client } }, counted, 700);
    expect(most).toBeLessThanOrEqual(60);
  });
});

describe('the items that an operation reads', () => {
  const pageOf = (orders: number, items: number) =>
    Array.from({ length: orders }, () => ({ items: Array(items).fill({}) }));

  it('are those of one page of the longest orders at least, list after list', async () => {
    const operation = {};
    let reading = 0;
    const read = (page: readonly object[]) =>
      readWithItems(
        operation,
        async () => {
          reading += 1;
          expect(reading).toBe(1);
          await allSettled();
          reading -= 1;
          return page;
        },
        (orders) => orders,
      );
    const lists = await Promise.allSettled([read(pageOf(50, 49)), read(pageOf(100, 50)), read(pageOf(1, 1)), read([])]);
    expect(lists.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(lists[2]).toMatchObject({ reason: expect.any(TooManyItemsError) });
    await expect(
      readWithItems(
        {},
        async () => pageOf(100, 50),
        (orders) => orders,
      ),
    ).resolves.toHaveLength(100);
  });

  it('are read on after a list that could not be read', async () => {
    const operation = {};
    const failed = readWithItems(
      operation,
      () => Promise.reject(new Error('lost')),
      () => [],
    );
    const next = readWithItems(
      operation,
      async () => 'read',
      () => [],
    );
    await expect(failed).rejects.toThrow('lost');
    await expect(next).resolves.toBe('read');
  });
});
