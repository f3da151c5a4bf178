import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Prisma, PrismaClient } from '../../prisma/generated/orders/client.ts';
import { differing, type MirroredWrites, startMirroredWrites } from '../support/mirrored-writes.ts';

type Tx = Prisma.TransactionClient;

let database: MirroredWrites;
let client: PrismaClient;

const order = (number: string) => ({ number, userId: 9n, total: '9.00', currency: 'EUR' });
const item = (line: number) => ({ line, sku: 'a;b?', name: "it's", quantity: 1, unitPrice: '1.00' });
const line = (orderId: bigint, of: number) => ({ orderId_line: { orderId, line: of } });

beforeAll(async () => {
  database = await startMirroredWrites();
  client = database.client;
});
afterAll(() => database?.stop());
beforeEach(() => database.reset());

/** What is done, and which of the five orders differ by it; `new` stands for orders that were not there. */
const operations: readonly [string, (tx: Tx) => Prisma.PrismaPromise<unknown>, readonly string[]][] = [
  ['create', (tx) => tx.order.create({ data: order('N') }), ['new']],
  ['create with its own key', (tx) => tx.order.create({ data: { ...order('N'), id: 77n } }), ['new']],
  [
    'create with nested create',
    (tx) => tx.order.create({ data: { ...order('N'), items: { create: [item(1), item(2)] } } }),
    ['new'],
  ],
  [
    'create with nested createMany',
    (tx) => tx.order.create({ data: { ...order('N'), items: { createMany: { data: [item(1), item(2)] } } } }),
    ['new'],
  ],
  [
    'create that takes items of others',
    (tx) => tx.order.create({ data: { ...order('N'), items: { connect: [line(2n, 1), line(3n, 2)] } } }),
    ['2', '3', 'new'],
  ],
  ['createMany', (tx) => tx.order.createMany({ data: ['N', 'O', 'P'].map(order) }), ['new', 'new', 'new']],
  [
    'createMany with own keys',
    (tx) => tx.order.createMany({ data: [71n, 72n].map((id) => ({ ...order(`N${id}`), id })) }),
    ['new', 'new'],
  ],
  [
    'createMany that skips some',
    (tx) => tx.order.createMany({ data: ['N', 'T-1', 'O', 'T-2', 'P'].map(order), skipDuplicates: true }),
    ['new', 'new', 'new'],
  ],
  [
    'createMany that skips all',
    (tx) => tx.order.createMany({ data: ['T-1', 'T-2'].map(order), skipDuplicates: true }),
    [],
  ],
  ['update by key', (tx) => tx.order.update({ where: { id: 2n }, data: { charge: 3 } }), ['2']],
  ['update by another unique field', (tx) => tx.order.update({ where: { number: 'T-2' }, data: { charge: 3 } }), ['2']],
  [
    'update that selects other fields',
    (tx) => tx.order.update({ where: { number: 'T-2' }, data: { charge: 3 }, select: { charge: true } }),
    ['2'],
  ],
  ['update of the key', (tx) => tx.order.update({ where: { id: 3n }, data: { id: 30n } }), ['3', 'new']],
  ['updateMany by key', (tx) => tx.order.updateMany({ where: { id: 2n, version: 1 }, data: { charge: 3 } }), ['2']],
  [
    'updateMany by keys',
    (tx) => tx.order.updateMany({ where: { id: { in: [2n, 4n] } }, data: { charge: 3 } }),
    ['2', '4'],
  ],
  [
    'updateMany by another field',
    (tx) => tx.order.updateMany({ where: { userId: 1n }, data: { charge: 3 } }),
    ['1', '3', '5'],
  ],
  [
    'updateMany with alternatives',
    (tx) => tx.order.updateMany({ where: { OR: [{ id: 1n }, { number: { contains: '-2' } }] }, data: { charge: 3 } }),
    ['1', '2'],
  ],
  [
    'updateMany by children',
    (tx) => tx.order.updateMany({ where: { items: { some: { quantity: 3 } } }, data: { charge: 3 } }),
    ['4', '5'],
  ],
  ['updateMany of everything', (tx) => tx.order.updateMany({ data: { charge: 3 } }), ['1', '2', '3', '4', '5']],
  ['updateMany of nothing', (tx) => tx.order.updateMany({ where: { id: 99n }, data: { charge: 3 } }), []],
  [
    'updateMany of what its own data no longer match',
    (tx) => tx.order.updateMany({ where: { total: { lte: 2 } }, data: { total: { increment: 10 } } }),
    ['1', '2'],
  ],
  ['upsert that creates', (tx) => tx.order.upsert({ where: { number: 'N' }, create: order('N'), update: {} }), ['new']],
  [
    'upsert that updates',
    (tx) => tx.order.upsert({ where: { number: 'T-4' }, create: order('N'), update: { charge: 3 } }),
    ['4'],
  ],
  ['delete by key', (tx) => tx.order.delete({ where: { id: 3n } }), ['3']],
  ['delete by another unique field', (tx) => tx.order.delete({ where: { number: 'T-3' } }), ['3']],
  ['deleteMany by key', (tx) => tx.order.deleteMany({ where: { id: 3n, version: 1 } }), ['3']],
  ['deleteMany by another field', (tx) => tx.order.deleteMany({ where: { total: { gt: 3 } } }), ['4', '5']],
  ['deleteMany of everything', (tx) => tx.order.deleteMany(), ['1', '2', '3', '4', '5']],
  ['nested create', (tx) => tx.order.update({ where: { id: 2n }, data: { items: { create: item(8) } } }), ['2']],
  [
    'nested update',
    (tx) =>
      tx.order.update({
        where: { id: 3n },
        data: { items: { update: { where: line(3n, 1), data: { quantity: 9 } } } },
      }),
    ['3'],
  ],
  [
    'nested updateMany',
    (tx) =>
      tx.order.update({ where: { id: 3n }, data: { items: { updateMany: { where: {}, data: { quantity: 9 } } } } }),
    ['3'],
  ],
  [
    'nested upsert',
    (tx) =>
      tx.order.update({
        where: { id: 3n },
        data: { items: { upsert: { where: line(3n, 9), create: item(9), update: { quantity: 9 } } } },
      }),
    ['3'],
  ],
  ['nested delete', (tx) => tx.order.update({ where: { id: 3n }, data: { items: { delete: line(3n, 1) } } }), ['3']],
  ['nested deleteMany', (tx) => tx.order.update({ where: { id: 4n }, data: { items: { deleteMany: {} } } }), ['4']],
  [
    'nested connect, which takes from another',
    (tx) => tx.order.update({ where: { number: 'T-1' }, data: { items: { connect: line(5n, 4) } } }),
    ['1', '5'],
  ],
  [
    'nested connectOrCreate',
    (tx) =>
      tx.order.update({
        where: { number: 'T-1' },
        data: {
          items: {
            connectOrCreate: [
              { where: line(5n, 4), create: item(7) },
              { where: line(5n, 9), create: item(8) },
            ],
          },
        },
      }),
    ['1', '5'],
  ],
  ['create of a child', (tx) => tx.orderItem.create({ data: { ...item(9), orderId: 4n } }), ['4']],
  [
    'create of a child with its parent',
    (tx) => tx.orderItem.create({ data: { ...item(9), order: { create: order('N') } } }),
    ['new'],
  ],
  [
    'create of a child for a parent found otherwise',
    (tx) => tx.orderItem.create({ data: { ...item(9), order: { connect: { number: 'T-1' } } } }),
    ['1'],
  ],
  [
    'createMany of children',
    (tx) => tx.orderItem.createMany({ data: [4n, 4n, 5n].map((orderId, index) => ({ ...item(9 + index), orderId })) }),
    ['4', '5'],
  ],
  ['update of a child', (tx) => tx.orderItem.update({ where: line(2n, 1), data: { quantity: 9 } }), ['2']],
  ['update that moves a child', (tx) => tx.orderItem.update({ where: line(5n, 4), data: { orderId: 1n } }), ['1', '5']],
  [
    'update that moves a child by relation',
    (tx) => tx.orderItem.update({ where: line(5n, 4), data: { order: { connect: { number: 'T-1' } } } }),
    ['1', '5'],
  ],
  [
    'update of a parent through its child',
    (tx) => tx.orderItem.update({ where: line(5n, 4), data: { order: { update: { charge: 3 } } } }),
    ['5'],
  ],
  [
    'updateMany of children',
    (tx) => tx.orderItem.updateMany({ where: { quantity: 3 }, data: { quantity: 9 } }),
    ['4', '5'],
  ],
  [
    'updateMany of children by parent',
    (tx) => tx.orderItem.updateMany({ where: { order: { userId: 0n } }, data: { quantity: 9 } }),
    ['2', '4'],
  ],
  [
    'updateMany that moves children',
    (tx) => tx.orderItem.updateMany({ where: { quantity: 4 }, data: { orderId: 1n } }),
    ['1', '5'],
  ],
  [
    'upsert of a child',
    (tx) => tx.orderItem.upsert({ where: line(1n, 1), create: { ...item(1), orderId: 1n }, update: {} }),
    ['1'],
  ],
  ['delete of a child', (tx) => tx.orderItem.delete({ where: line(2n, 1) }), ['2']],
  ['deleteMany of children', (tx) => tx.orderItem.deleteMany({ where: { quantity: { gte: 3 } } }), ['4', '5']],
  [
    'a raw write to one table',
    (tx) => tx.$executeRaw`UPDATE orders SET charge = ${3} WHERE user_id = ${0}`,
    ['2', '4'],
  ],
  [
    'a write to another model',
    (tx) => tx.idempotencyKey.create({ data: { operation: 'o', key: 'k', inputHash: '', result: '' } }),
    [],
  ],
];

const ways: readonly [string, (work: (tx: Tx) => Prisma.PrismaPromise<unknown>) => Promise<unknown>][] = [
  ['alone', async (work) => work(client)],
  ['in an interactive transaction', (work) => client.$transaction(async (tx) => work(tx))],
  ['in a batch', (work) => client.$transaction([work(client)])],
  [
    'at READ COMMITTED, after a read',
    (work) =>
      client.$transaction(
        async (tx) => {
          await tx.order.findMany({ include: { items: true } });
          return work(tx);
        },
        { isolationLevel: 'ReadCommitted' },
      ),
  ],
];

describe.each(ways)('%s', (_, run) => {
  it.each(operations)('%s names the records that it changes', async (__, work, expected) => {
    const before = await database.records();
    const wakeUps = database.wakeUps();
    await run(work);
    const changed = differing(before, await database.records());
    expect(changed.map((key) => (before.has(key) ? key : 'new'))).toEqual(expected);
    const named = await database.named();
    expect(named.filter((key) => changed.includes(key))).toEqual(changed);
    // Numbers that the server passed over may be named too, other orders may not.
    expect(named.filter((key) => before.has(key))).toEqual(changed.filter((key) => before.has(key)));
    expect(database.wakeUps() - wakeUps).toBe(named.length > 0 ? 1 : 0);
  });
});

describe('a transaction', () => {
  it('names each record once, however often it changes', async () => {
    await client.$transaction(async (tx) => {
      for (const charge of [1, 2, 3]) await tx.order.update({ where: { id: 1n }, data: { charge } });
      await tx.orderItem.create({ data: { ...item(1), orderId: 1n } });
      await Promise.all([
        tx.order.updateMany({ where: { userId: 0n }, data: { charge: 1 } }),
        tx.order.deleteMany({ where: { number: 'T-5' } }),
      ]);
    });
    expect(await database.admin.query('SELECT COUNT(*) AS n FROM outbox')).toEqual([{ n: 4n }]);
    expect(await database.named()).toEqual(['1', '2', '4', '5']);
  });

  it('leaves no row when it is rolled back', async () => {
    const failing = client.$transaction(async (tx) => {
      await tx.order.update({ where: { id: 1n }, data: { charge: 1 } });
      await tx.order.updateMany({ where: { userId: 0n }, data: { charge: 1 } });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    const batch = client.$transaction([
      client.order.update({ where: { id: 1n }, data: { charge: 1 } }),
      client.order.update({ where: { id: 1n }, data: { number: 'T-2' } }),
    ]);
    await expect(batch).rejects.toMatchObject({ code: 'P2002' });
    await expect(client.order.updateMany({ data: { number: 'T-2' } })).rejects.toMatchObject({ code: 'P2002' });
    expect(await database.named()).toEqual([]);
  });

  it('that moved many rows by a condition is told how many', async () => {
    const many = Array.from({ length: 2500 }, (_, index) => order(`M-${index}`));
    expect(await client.order.createMany({ data: many })).toEqual({ count: 2500 });
    expect(await client.order.updateMany({ where: { userId: 9n }, data: { charge: 1 } })).toEqual({ count: 2500 });
    expect(await client.order.updateMany({ where: { userId: 9n }, data: { charge: 2 }, limit: 3 })).toEqual({
      count: 3,
    });
    expect(await client.order.deleteMany({ where: { userId: 9n } })).toEqual({ count: 2500 });
    expect((await database.named()).length).toBe(2500);
  });
});

describe('when the outbox cannot be written', () => {
  beforeEach(() => database.admin.query('RENAME TABLE outbox TO outbox_away'));

  it.each(ways)('a write fails %s', async (_, run) => {
    const before = await database.records();
    try {
      await expect(run((tx) => tx.order.update({ where: { id: 1n }, data: { charge: 1 } }))).rejects.toThrow();
      await expect(run((tx) => tx.order.updateMany({ data: { charge: 1 } }))).rejects.toThrow();
      expect(await database.records()).toEqual(before);
    } finally {
      await database.admin.query('RENAME TABLE outbox_away TO outbox');
    }
    await run((tx) => tx.order.update({ where: { id: 1n }, data: { charge: 1 } }));
    expect(await database.named()).toEqual(['1']);
  });
});

describe('a write whose changes cannot be determined', () => {
  // Prisma wraps what comes from below, and keeps the code.
  const refusal = { code: 'WRITE_NOT_MIRRORED' };

  const unreadable: readonly [string, (tx: Tx) => Prisma.PrismaPromise<unknown>][] = [
    ['that computes keys', (tx) => tx.order.updateMany({ where: { id: 5n }, data: { id: { increment: 100 } } })],
    [
      'that leaves some keys to the database',
      (tx) => tx.order.createMany({ data: [order('N'), { ...order('O'), id: 70n }] }),
    ],
    ['that copies', (tx) => tx.$executeRaw`REPLACE INTO orders SELECT * FROM orders`],
  ];

  it.each(unreadable)('%s is refused', async (_, work) => {
    const before = await database.records();
    await expect((async () => work(client))()).rejects.toMatchObject(refusal);
    const goingOn = client.$transaction(async (tx) => {
      await tx.order.update({ where: { id: 1n }, data: { charge: 1 } });
      expect(await work(tx).catch((thrown: unknown) => thrown)).toMatchObject(refusal);
    });
    await expect(goingOn).rejects.toMatchObject(refusal);
    expect(await database.records()).toEqual(before);
    expect(await database.named()).toEqual([]);
  });
});
