import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { type Prisma, PrismaClient } from '../../prisma/generated/orders/client.ts';
import { emptySession } from '../../src/consistency/session.ts';
import { ReplicatedDatabase } from '../../src/database/replicated-database.ts';
import type { TransactionRunner } from '../../src/database/source-writer.ts';
import { migrateOrders, nodesOf, usualEngine } from '../support/engine.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

/** A client of another schema, as the engine sees it: it has one model, and that is none the engine has heard of. */
type KeysTransaction = Pick<Prisma.TransactionClient, 'idempotencyKey'>;
type KeysClient = Pick<PrismaClient, 'idempotencyKey' | '$connect' | '$extends' | '$disconnect'> &
  TransactionRunner<KeysTransaction>;

const sources = fileURLToPath(new URL('../../src', import.meta.url));

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(join(sources, folder), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`);
}

describe('the engine', () => {
  it.each(['consistency', 'cluster', 'routing', 'database', 'outbox', 'mirror'])(
    'knows nothing of the models: %s',
    async (folder) => {
      // What hands the one schema of this product to the engine, and the words of its rows.
      const bridges = new Set(['database/orders-client.ts', 'database/order-rows.ts']);
      const telling: string[] = [];
      for (const file of await filesIn(folder)) {
        if (bridges.has(file)) continue;
        const code = (await readFile(join(sources, file), 'utf8')).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
        if (/\borders?\b|Orders?[A-Z]|order[A-Z]/.test(code)) telling.push(file);
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
    cluster = await startTestCluster({ replicas: 1 });
    await migrateOrders(cluster);
    database = new ReplicatedDatabase<KeysClient, KeysTransaction>({
      nodes: nodesOf(cluster),
      makeClient: ({ adapter }) => new PrismaClient({ adapter }),
      ...usualEngine,
    });
    await database.start();
  });
  afterAll(async () => {
    await database.stop();
    await cluster.stop();
  });

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
});
