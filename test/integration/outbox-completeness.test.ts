import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Prisma } from '../../prisma/generated/orders/client.ts';
import { differing, type MirroredWrites, startMirroredWrites } from '../support/mirrored-writes.ts';

type Tx = Prisma.TransactionClient;
type Operation = { readonly text: string; readonly run: (tx: Tx) => Promise<unknown> };
/** Some operations together, in one transaction or each by itself; of a transaction, whether it goes on after a failure. */
type Group = { readonly together: boolean; readonly goesOn: boolean; readonly operations: readonly Operation[] };

let database: MirroredWrites;

beforeAll(async () => {
  database = await startMirroredWrites();
});
afterAll(() => database?.stop());

const id = fc.integer({ min: 1, max: 9 });
const small = fc.integer({ min: 1, max: 6 });
const ids = fc.uniqueArray(id, { minLength: 1, maxLength: 3 });

const orderData = (key: number, mark: number) => ({
  number: `T-${key}`,
  userId: mark,
  total: `${mark}.00`,
  currency: 'EUR',
});
const itemData = (line: number, mark: number) => ({ line, sku: 's', name: 'n', quantity: mark, unitPrice: '1.00' });
const item = (orderId: number, line: number) => ({ orderId_line: { orderId, line } });

/** Conditions that Prisma words in many ways. */
const condition: fc.Arbitrary<Prisma.OrderWhereInput> = fc.oneof(
  id.map((key) => ({ id: key })),
  ids.map((keys) => ({ id: { in: keys } })),
  fc.tuple(id, small).map(([key, mark]) => ({ id: key, userId: { lt: mark } })),
  fc.tuple(id, id).map(([a, b]) => ({ OR: [{ id: a }, { number: `T-${b}` }] })),
  id.map((key) => ({ NOT: { id: key } })),
  small.map((mark) => ({ userId: mark })),
  small.map((mark) => ({ items: { some: { quantity: { gte: mark } } } })),
  small.map((mark) => ({ items: { none: { line: mark } } })),
);

const operation: fc.Arbitrary<Operation> = fc
  .record({ kind: fc.nat(21), a: id, b: id, line: small, mark: small, where: condition, keys: ids })
  .map((given) => {
    const { kind, a, b, line, mark, where, keys } = given;
    const create = orderData(a, mark);
    const nested = (items: Prisma.OrderItemUpdateManyWithoutOrderNestedInput) => (tx: Tx) =>
      tx.order.update({ where: { number: `T-${a}` }, data: { items } });
    const ways: ((tx: Tx) => Promise<unknown>)[] = [
      (tx) => tx.order.create({ data: create }),
      (tx) =>
        tx.order.create({ data: { ...create, id: b, items: { create: [itemData(1, mark), itemData(2, mark)] } } }),
      (tx) => tx.order.createMany({ data: keys.map((key) => orderData(key, mark)), skipDuplicates: true }),
      (tx) => tx.order.createMany({ data: keys.map((key) => ({ ...orderData(key, mark), id: key })) }),
      (tx) => tx.order.update({ where: { id: a }, data: { userId: mark } }),
      (tx) => tx.order.update({ where: { number: `T-${a}` }, data: { id: b } }),
      (tx) => tx.order.updateMany({ where, data: { userId: mark } }),
      (tx) => tx.order.updateMany({ where, data: { userId: { increment: 1 } }, limit: mark }),
      (tx) => tx.order.upsert({ where: { id: a }, create: { ...create, id: b }, update: { userId: mark } }),
      (tx) => tx.order.delete({ where: { number: `T-${a}` } }),
      (tx) => tx.order.deleteMany({ where: { AND: [where, { id: { gt: 2 } }] } }),
      nested({ create: itemData(line, mark) }),
      nested({ connect: item(b, line) }),
      nested({ connectOrCreate: { where: item(b, line), create: itemData(line, mark) } }),
      nested({ updateMany: { where: { line: { lte: line } }, data: { quantity: mark } } }),
      nested({ deleteMany: { line } }),
      nested({ upsert: { where: item(a, line), create: itemData(line, mark), update: { quantity: mark } } }),
      (tx) => tx.orderItem.create({ data: { ...itemData(line, mark), orderId: a } }),
      (tx) =>
        tx.orderItem.createMany({
          data: keys.map((key) => ({ ...itemData(line, mark), orderId: key })),
          skipDuplicates: true,
        }),
      (tx) =>
        tx.orderItem.update({
          where: item(a, line),
          data: { order: { connect: { number: `T-${b}` } }, quantity: mark },
        }),
      (tx) => tx.orderItem.updateMany({ where: { order: where }, data: { quantity: mark } }),
      (tx) => tx.orderItem.deleteMany({ where: { OR: [{ orderId: a }, { quantity: mark }], line: { gte: line } } }),
    ];
    const run = ways[kind] as (tx: Tx) => Promise<unknown>;
    // Prisma's promises are lazy.
    return { text: JSON.stringify(given), run: async (tx: Tx) => run(tx) };
  });

const group: fc.Arbitrary<Group> = fc.record({
  together: fc.boolean(),
  goesOn: fc.boolean(),
  operations: fc.array(operation, { minLength: 1, maxLength: 4 }),
});

const show = (groups: readonly Group[]) =>
  JSON.stringify(
    groups.map(({ together, goesOn, operations }) => [together, goesOn, operations.map(({ text }) => text)]),
  );

async function perform({ together, goesOn, operations }: Group, isolationLevel: 'ReadCommitted' | 'RepeatableRead') {
  const { client } = database;
  if (!together) {
    for (const { run } of operations) await run(client).catch(() => undefined);
    return;
  }
  const work = async (tx: Tx) => {
    for (const { run } of operations) {
      const running = run(tx);
      await (goesOn ? running.catch(() => undefined) : running);
    }
  };
  await client.$transaction(work, { isolationLevel, maxWait: 20_000, timeout: 20_000 }).catch(() => undefined);
}

const missing = async (before: Map<string, string>) => {
  const named = new Set(await database.named());
  return differing(before, await database.records()).filter((key) => !named.has(key));
};

describe('the outbox names every record that differs', () => {
  it('after any operations', async () => {
    let differed = 0;
    const property = fc.asyncProperty(fc.array(group, { minLength: 1, maxLength: 3 }), async (groups) => {
      await database.reset();
      const before = await database.records();
      for (const each of groups) await perform(each, 'RepeatableRead');
      differed += differing(before, await database.records()).length;
      expect(await missing(before), show(groups)).toEqual([]);
    });
    await fc.assert(property, { numRuns: 60, endOnFailure: true });
    expect(differed).toBeGreaterThan(50);
  });

  it.each(['RepeatableRead', 'ReadCommitted'] as const)('after many at once, at %s', async (isolationLevel) => {
    await database.reset();
    const before = await database.records();
    const property = fc.asyncProperty(fc.array(group, { minLength: 6, maxLength: 6 }), async (groups) => {
      await Promise.all(groups.map((each) => perform(each, isolationLevel)));
    });
    for (let round = 0; round < 5; round += 1) {
      await database.admin.query('DELETE FROM outbox');
      const then = round === 0 ? before : await database.records();
      await fc.assert(property, { numRuns: 6, endOnFailure: true });
      expect(await missing(then)).toEqual([]);
    }
  });
});
