import type { Connection } from 'mariadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PrismaClient } from '../../prisma/generated/orders/client.ts';
import type { Position } from '../../src/consistency/position.ts';
import { closeNodeClients, makeNodeClients, type NodeClients } from '../../src/database/clients/node-clients.ts';
import type { DatabaseNode } from '../../src/database/engine/database-options.ts';
import { DatabaseScope } from '../../src/database/session/database-scope.ts';
import { WriteCapture } from '../../src/database/write/write-capture.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { migrateOrders, newOrder, nodesOf } from '../support/engine.ts';
import { parsePosition } from '../support/positions.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

let cluster: TestCluster;
let admin: Connection;
let node: NodeClients<PrismaClient>;
const scope = new DatabaseScope('orders');

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 0 });
  await migrateOrders(cluster);
  admin = await cluster.admin('source');
  // The texts of statements in the binary log tell which transaction was whose.
  if (cluster.cluster.flavour === 'mysql') await admin.query('SET GLOBAL binlog_rows_query_log_events = ON');
  const [address] = nodesOf(cluster);
  if (address === undefined) throw new Error('no source');
  node = makeNodeClients(address, {
    pool: { connectionsPerNode: 16, acquireTimeoutMs: 60_000, statementTimeoutMs: 10_000 },
    makeClient: (options) => new PrismaClient(options),
    scope,
    clock: systemClock,
  });
});

afterAll(async () => {
  await closeNodeClients(node);
  await admin.end();
  await cluster.stop();
});

async function positionNow(): Promise<Position> {
  const { flavour } = cluster.cluster;
  const [row] = await admin.query(
    `SELECT @@GLOBAL.${flavour === 'mysql' ? 'gtid_executed' : 'gtid_binlog_pos'} AS now`,
  );
  return parsePosition(flavour, String(row.now));
}

/** What `work` wrote, as the pool learned it. Prisma's promises are lazy, so `work` awaits. */
async function captured(work: () => Promise<unknown>): Promise<WriteCapture> {
  const capture = new WriteCapture();
  await scope.writing(capture, work);
  return capture;
}

const { number: existing } = newOrder();
type Write = (client: PrismaClient, id: bigint) => Promise<unknown>;
const item = (line: number) => ({ line, sku: 'S', name: 'N', quantity: 1, unitPrice: '1.00' });
const writes: [what: string, write: Write][] = [
  ['create', async (client) => client.order.create({ data: newOrder() })],
  [
    'a nested create',
    async (client) => client.order.create({ data: { ...newOrder(), items: { create: [item(1), item(2)] } } }),
  ],
  ['createMany', async (client) => client.order.createMany({ data: [newOrder(), newOrder()] })],
  ['update', async (client, id) => client.order.update({ where: { id }, data: { version: { increment: 1 } } })],
  ['updateMany', async (client, id) => client.order.updateMany({ where: { id }, data: { version: { increment: 1 } } })],
  [
    'upsert of nothing',
    async (client) => client.order.upsert({ where: { number: 'none' }, create: newOrder(), update: {} }),
  ],
  [
    'upsert of a row',
    async (client) => client.order.upsert({ where: { number: existing }, create: newOrder(), update: { userId: 9n } }),
  ],
  [
    'delete',
    async (client) =>
      client.order.delete({
        where: { number: (await client.order.findFirstOrThrow({ orderBy: { id: 'desc' } })).number },
      }),
  ],
  [
    'deleteMany',
    async (client) =>
      client.order.deleteMany({ where: { id: (await client.order.findFirstOrThrow({ orderBy: { id: 'desc' } })).id } }),
  ],
  [
    'a batch',
    async (client) =>
      client.$transaction([client.order.create({ data: newOrder() }), client.order.create({ data: newOrder() })]),
  ],
  ['a batch of one', async (client) => client.$transaction([client.order.create({ data: newOrder() })])],
  ['$executeRaw', async (client, id) => client.$executeRaw`UPDATE orders SET version = version + 1 WHERE id = ${id}`],
  [
    'an interactive transaction',
    async (client) =>
      client.$transaction(async (tx) => [
        await tx.order.create({ data: newOrder() }),
        await tx.order.create({ data: newOrder() }),
      ]),
  ],
  [
    'raw SQL in a transaction',
    async (client, id) =>
      client.$transaction(async (tx) => tx.$executeRaw`UPDATE orders SET version = version + 1 WHERE id = ${id}`),
  ],
];

describe('the position of a write', () => {
  let id: bigint;
  beforeAll(async () => {
    ({ id } = await node.direct.order.create({ data: { ...newOrder(), number: existing } }));
    for (let spare = 0; spare < 4; spare += 1) await node.direct.order.create({ data: newOrder() });
  });

  it.each(writes)('by %s is its own, and no more than there is', async (_, write) => {
    const before = await positionNow();
    const { state, position, positionUnknown } = await captured(() => write(node.direct, id));
    const after = await positionNow();
    expect([state, positionUnknown]).toEqual(['COMMITTED', false]);
    expect(after.countMissingIn(before)).toBe(1n);
    expect(position?.equals(after)).toBe(true);
  });

  it('by two writes in a row includes both', async () => {
    const { position } = await captured(async () => {
      await node.direct.order.create({ data: newOrder() });
      await node.direct.order.create({ data: newOrder() });
    });
    expect(position?.equals(await positionNow())).toBe(true);
  });

  it('is none for a transaction that was rolled back', async () => {
    const before = await positionNow();
    const capture = new WriteCapture();
    const refused = scope.writing(capture, async () =>
      node.direct.$transaction(async (tx) => {
        await tx.order.create({ data: newOrder() });
        throw new Error('no');
      }),
    );
    await expect(refused).rejects.toThrow('no');
    expect(capture).toMatchObject({ state: 'OPEN', position: null });
    expect((await positionNow()).equals(before)).toBe(true);
  });

  it('of a transaction that wrote nothing is no more than there was', async () => {
    const before = await positionNow();
    const { position } = await captured(async () => node.direct.$transaction(async (tx) => tx.order.findFirst()));
    if (cluster.cluster.flavour === 'mariadb') expect(position).toBeNull();
    else expect(before.includes(position as Position)).toBe(true);
  });

  it('is not asked for where learning is switched off, and the write is known to be committed all the same', async () => {
    const [address] = nodesOf(cluster);
    const pool = { connectionsPerNode: 2, acquireTimeoutMs: 5000, statementTimeoutMs: 10_000 };
    const makeClient = (options: ConstructorParameters<typeof PrismaClient>[0]) => new PrismaClient(options);
    const plain = makeNodeClients(address as DatabaseNode, {
      pool,
      makeClient,
      scope,
      clock: systemClock,
      learnPositions: false,
    });
    const { state, position, positionUnknown } = await captured(async () =>
      plain.direct.order.create({ data: newOrder() }),
    );
    expect([state, position, positionUnknown]).toEqual(['COMMITTED', null, false]);
    await closeNodeClients(plain);
  });

  it('is not asked for by reads, nor outside of a capture', async () => {
    const { state, position } = await captured(async () => node.direct.order.findMany({ take: 1 }));
    expect([state, position]).toEqual(['OPEN', null]);
    await node.direct.order.create({ data: newOrder() });
  });
});

describe('50 writers at a time', () => {
  const writers = Array.from({ length: 50 }, (_, index) => `writer-${process.pid}-${index}`);

  it('each learn a position that includes their own transaction, and on MariaDB ends with it', async () => {
    const positions = new Map<string, Position | null>();
    const writeAs = async (writer: string) => {
      const number = `'${writer}'`;
      const sql = `INSERT INTO orders (number, user_id, total, currency) VALUES (${number}, 1, 1, 'EUR')`;
      const { position } = await captured(async () =>
        // However long the others take on a busy machine.
        node.direct.$transaction(async (tx) => tx.$executeRawUnsafe(sql), { maxWait: 60_000, timeout: 60_000 }),
      );
      positions.set(writer, position);
    };
    await Promise.all(writers.map(writeAs));
    const own = await gtidsByText(writers);
    for (const writer of writers) {
      const position = positions.get(writer);
      const gtid = own.get(writer);
      expect(gtid, `${writer} is in the binary log`).toBeDefined();
      expect(position?.includes(gtid as Position), `${writer} learned ${position?.format()}`).toBe(true);
      if (cluster.cluster.flavour === 'mariadb') expect(position?.format()).toBe(gtid?.format());
    }
  });
});

describe('a raw text of two statements', () => {
  it.each([
    ['alone', (sql: string) => node.direct.$queryRawUnsafe(sql)],
    ['in a transaction', (sql: string) => node.direct.$transaction((tx) => tx.$queryRawUnsafe(sql))],
  ])('is refused %s, and neither of them is run', async (_, send) => {
    const { number } = newOrder();
    const sql = `INSERT INTO orders (number, user_id, total, currency) VALUES ('${number}', 1, 1, 'EUR')`;
    await expect(send(`SELECT 1; ${sql}`)).rejects.toThrow();
    await expect(send(`${sql}; SELECT 1`)).rejects.toThrow();
    expect(await admin.query('SELECT id FROM orders WHERE number = ?', [number])).toEqual([]);
  });

  it('may hold a semicolon that separates nothing', async () => {
    const rows = await node.direct.$queryRawUnsafe("SELECT 'a;b' AS text");
    expect(rows).toEqual([{ text: 'a;b' }]);
  });
});

/** Which transaction in the binary log holds each of these texts. */
async function gtidsByText(texts: readonly string[]): Promise<Map<string, Position>> {
  const { flavour } = cluster.cluster;
  const found = new Map<string, Position>();
  const logs: { Log_name: string }[] = await admin.query('SHOW BINARY LOGS');
  for (const { Log_name: log } of logs) {
    let gtid: Position | null = null;
    const events: { Event_type: string; Info: string }[] = await admin.query(`SHOW BINLOG EVENTS IN '${log}'`);
    for (const { Event_type: type, Info: info } of events) {
      const text = type === 'Gtid' ? /(?:GTID |GTID_NEXT= ')([^' ]+)/.exec(info)?.[1] : undefined;
      if (text !== undefined) gtid = parsePosition(flavour, text);
      const words = /'(writer-[\d-]+)'/.exec(info)?.[1];
      if (words !== undefined && texts.includes(words) && gtid !== null) found.set(words, gtid);
    }
  }
  return found;
}
