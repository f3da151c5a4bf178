import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { type Prisma, PrismaClient } from '../../prisma/generated/orders/client.ts';
import { emptySession } from '../../src/consistency/session.ts';
import { ReplicatedDatabase } from '../../src/database/engine/replicated-database.ts';
import { migrate } from '../../src/database/migrations/migrate.ts';
import type { MirroredModel } from '../../src/database/mirror/mirrored-tables.ts';
import type { TransactionRunner } from '../../src/database/write/source-writer.ts';
import { Mirror } from '../../src/mirror/mirror.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import type { ServerAddress } from '../../src/servers/server-address.ts';
import { defaultEngine, migrateOrders, nodesOf } from '../support/engine.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

/** A client of another schema, as the engine sees it: it has one model, and that is none the engine has heard of. */
type KeysTransaction = Pick<Prisma.TransactionClient, 'idempotencyKey'>;
type KeysClient = Pick<PrismaClient, 'idempotencyKey' | '$connect' | '$extends' | '$disconnect'> &
  TransactionRunner<KeysTransaction>;

/** What of it a backup keeps. */
const mirrored: readonly MirroredModel[] = [{ model: 'Key', table: 'idempotency_keys', key: 'key', children: [] }];

const backupMigrations = fileURLToPath(new URL('../../prisma/backup/migrations', import.meta.url));
const sources = fileURLToPath(new URL('../../src', import.meta.url));

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(join(sources, folder), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`);
}

describe('the engine', () => {
  it.each(['consistency', 'cluster', 'routing', 'database', 'outbox', 'mirror'])(
    'knows nothing of the models: %s',
    async (folder) => {
      // What hands the one schema of this product to the engine, with its migrations, and the words of its rows.
      const bridges = new Set(
        ['orders-client', 'order-rows', 'our-migrations'].map((name) => `database/orders/${name}.ts`),
      );
      const telling: string[] = [];
      for (const file of await filesIn(folder)) {
        if (bridges.has(file)) continue;
        const code = (await readFile(join(sources, file), 'utf8')).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
        if (/\borders?\b|Orders?[A-Z]|(?<![a-z])order[A-Z]/.test(code)) telling.push(file);
      }
      expect(telling).toEqual([]);
    },
  );

  it.each(['consistency', 'cluster', 'routing'])('without its database part talks to no server: %s', async (folder) => {
    for (const file of await filesIn(folder)) {
      expect(await readFile(join(sources, file), 'utf8'), file).not.toMatch(/from '(?:mariadb|@prisma|[./]*prisma)/);
    }
  });
});

describe('the engine over another Prisma client', () => {
  let cluster: TestCluster;
  let database: ReplicatedDatabase<KeysClient, KeysTransaction>;

  beforeAll(async () => {
    cluster = await startTestCluster({ replicas: 1, backup: true });
    await migrateOrders(cluster);
    await prepareBackup();
    database = new ReplicatedDatabase<KeysClient, KeysTransaction>({
      name: 'keys',
      nodes: nodesOf(cluster),
      makeClient: ({ adapter }) => new PrismaClient({ adapter }),
      ...defaultEngine,
      mirroring: { mirrored },
    });
    await database.start();
  });
  afterAll(async () => {
    await database.stop();
    await cluster.stop();
  });

  /** Its own bookkeeping, and the mirrored table as the source has it. */
  async function prepareBackup(): Promise<void> {
    await migrate({ url: cluster.adminUrl('backup'), directory: backupMigrations, log: () => undefined });
    const [source, backup] = await Promise.all([cluster.admin('source'), cluster.admin('backup')]);
    const [made] = await source.query('SHOW CREATE TABLE idempotency_keys');
    await backup.query(made['Create Table']);
    await Promise.all([source.end(), backup.end()]);
  }

  async function rowsOn(name: string): Promise<unknown[]> {
    const connection = await cluster.admin(name);
    try {
      return await connection.query("SELECT * FROM idempotency_keys WHERE operation = 'mirror' ORDER BY `key`");
    } finally {
      await connection.end();
    }
  }

  function addressOf(name: string): ServerAddress {
    const address = nodesOf(cluster).find((node) => node.name === name);
    if (address === undefined) throw new Error(`no ${name}`);
    return address;
  }

  it('hands out sessions of that client, and of no other', () => {
    type Session = ReturnType<typeof database.openSession>;
    expectTypeOf<Session['client']>().toEqualTypeOf<KeysClient>();
    expectTypeOf<Parameters<Parameters<Session['write']>[0]>[0]>().toEqualTypeOf<KeysTransaction>();
    expectTypeOf<KeysClient>().not.toHaveProperty('order');
  });

  it('reads what it has written', async () => {
    const intent = { level: 'SESSION', whenBehind: 'WAIT', waitMs: 1000, maxStalenessMs: null } as const;
    for (let round = 0; round < 20; round += 1) {
      const id = { operation: 'engine', key: `round-${round}` };
      const writer = database.openSession({ session: emptySession('keys', 1), intent, writes: true });
      const { position } = await writer.write(async (tx) =>
        tx.idempotencyKey.create({ data: { ...id, inputHash: 'none', result: '{}' } }),
      );
      writer.end();
      expect(position).not.toBeNull();
      const reader = database.openSession({ session: writer.session, intent, writes: false });
      const found = await reader.run(async () =>
        reader.client.idempotencyKey.findUnique({ where: { operation_key: id } }),
      );
      expect(found?.key).toBe(id.key);
      reader.end();
    }
  });

  it('brings its records to a backup: what is created, changed and deleted', async () => {
    const mirror = new Mirror({
      models: mirrored,
      source: () => addressOf('source'),
      backup: addressOf('backup'),
      workerName: 'engine-test',
      prepareBackup: null,
      clock: defaultEngine.clock,
      random: defaultEngine.random,
      log: defaultEngine.log,
    });
    const write = async (work: (tx: KeysTransaction) => Promise<unknown>) => {
      const intent = { level: 'SESSION', whenBehind: 'WAIT', waitMs: 1000, maxStalenessMs: null } as const;
      const session = database.openSession({ session: emptySession('keys', 1), intent, writes: true });
      await session.write(work).finally(() => session.end());
    };
    const idOf = (key: string) => ({ operation_key: { operation: 'mirror', key } });
    mirror.start();
    try {
      for (const key of ['a', 'b', 'c']) {
        const data = { operation: 'mirror', key, inputHash: 'none', result: 'first' };
        await write(async (tx) => tx.idempotencyKey.create({ data }));
      }
      await write(async (tx) => tx.idempotencyKey.update({ where: idOf('b'), data: { result: 'second' } }));
      await write(async (tx) => tx.idempotencyKey.delete({ where: idOf('c') }));
      const outbox = new Outbox(database.onSource);
      await expect.poll(async () => (await outbox.depth()).waiting, { timeout: 30_000 }).toBe(0);
      expect(mirror.state.applied).toBeGreaterThan(0);
      const copied = await rowsOn('backup');
      expect(copied).toHaveLength(2);
      expect(copied).toEqual(await rowsOn('source'));
    } finally {
      await mirror.stop();
    }
  });
});
