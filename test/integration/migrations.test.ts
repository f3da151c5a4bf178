import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate, migrationStatus, settleMigration } from '../../src/database/migrations/migrate.ts';
import {
  EditedMigrationError,
  FailedMigrationError,
  MigrationsLockedError,
  NoFailedMigrationError,
  RolledBackMigrationError,
} from '../../src/database/migrations/migration-errors.ts';
import { checksumOf } from '../../src/database/migrations/migration-files.ts';
import { ourMigrations } from '../../src/database/orders/our-migrations.ts';
import type { Connection } from '../../src/servers/connection.ts';
import { DatabaseUnreachableError, openDirectConnection } from '../../src/servers/direct-connection.ts';
import { flavours } from '../../src/servers/flavours.ts';
import { liveTables } from '../support/live-tables.ts';
import { startDatabaseServer } from '../support/orders-database.ts';
import { expectedTables } from '../support/prisma-schema.ts';
import { testFlavour } from '../support/test-cluster.ts';

const log = () => undefined;
const { migrations } = flavours[testFlavour()];
if (migrations === null) throw new Error('Such servers have no schema that migrations change');
const isUndoable = migrations.transaction !== null;
const isPostgresql = migrations.dialect === 'postgresql';
let server: Awaited<ReturnType<typeof startDatabaseServer>>;
let url: string;
let connection: Connection;
let directory: string;

const write = async (name: string, script: string) => {
  await mkdir(join(directory, name), { recursive: true });
  await writeFile(join(directory, name, 'migration.sql'), script);
};
const tables = async () =>
  (await liveTables(connection)).map(({ name }) => name).filter((name) => name !== '_prisma_migrations');

beforeAll(async () => {
  server = await startDatabaseServer();
});
afterAll(() => server?.stop());
beforeEach(async () => {
  url = await server.newDatabase();
  connection = await openDirectConnection(url);
  directory = await mkdtemp(join(tmpdir(), 'migrations-'));
});
afterEach(async () => {
  await connection.end();
  await rm(directory, { recursive: true, force: true });
});

describe('migrating', () => {
  it('applies what is pending, once, in the order of the names', async () => {
    await write('2_second', 'INSERT INTO a VALUES (1); INSERT INTO a VALUES (2);');
    await write('1_first', 'CREATE TABLE a (id INT PRIMARY KEY);');
    expect(await migrationStatus({ url, directory })).toEqual([
      { name: '1_first', state: 'pending' },
      { name: '2_second', state: 'pending' },
    ]);
    expect(await migrate({ url, directory, log })).toEqual({ applied: ['1_first', '2_second'] });
    await write('3_third', 'INSERT INTO a VALUES (3)');
    expect(await migrate({ url, directory, log })).toEqual({ applied: ['3_third'] });
    expect(await migrate({ url, directory, log })).toEqual({ applied: [] });
    expect(await connection.query('SELECT id FROM a ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });

  it('is done by one of many processes that start at once', async () => {
    await write('1_first', 'CREATE TABLE a (id INT PRIMARY KEY); INSERT INTO a VALUES (1);');
    const runs = await Promise.all(Array.from({ length: 6 }, () => migrate({ url, directory, log })));
    expect(runs.flatMap(({ applied }) => applied)).toEqual(['1_first']);
  });

  it('keeps the record that Prisma keeps', async () => {
    const script = 'CREATE TABLE a (id INT PRIMARY KEY);\r\nINSERT INTO a VALUES (1);\r\n';
    await write('1_first', script);
    await migrate({ url, directory, log });
    const rows: Record<string, unknown>[] = await connection.query('SELECT * FROM _prisma_migrations');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      checksum: checksumOf(script),
      migration_name: '1_first',
      logs: null,
      rolled_back_at: null,
      applied_steps_count: 2,
      started_at: expect.any(Date),
      finished_at: expect.any(Date),
    });
  });

  it('waits for another migration, Prisma included, but not forever', async () => {
    // What Prisma does.
    await connection.query(isPostgresql ? 'SELECT pg_advisory_lock(72707369)' : "SELECT GET_LOCK('prisma_migrate', 0)");
    await expect(migrate({ url, directory, log, lockTimeoutMs: 1000 })).rejects.toBeInstanceOf(MigrationsLockedError);
    await connection.query(
      isPostgresql ? 'SELECT pg_advisory_unlock(72707369)' : "SELECT RELEASE_LOCK('prisma_migrate')",
    );
    await expect(migrate({ url, directory, log, lockTimeoutMs: 1000 })).resolves.toEqual({ applied: [] });
  });

  it('refuses to go on when an applied migration was edited', async () => {
    await write('1_first', 'CREATE TABLE a (id INT PRIMARY KEY);');
    await migrate({ url, directory, log });
    await write('1_first', 'CREATE TABLE a (id BIGINT PRIMARY KEY);');
    await write('2_second', 'CREATE TABLE b (id INT PRIMARY KEY);');
    await expect(migrate({ url, directory, log })).rejects.toBeInstanceOf(EditedMigrationError);
    expect(await migrationStatus({ url, directory })).toMatchObject([{ state: 'edited' }, { state: 'pending' }]);
    expect(await tables()).toEqual(['a']);
  });

  it('knows nothing bad of migrations that a newer release applied', async () => {
    await write('1_first', 'CREATE TABLE a (id INT PRIMARY KEY);');
    await write('2_newer', 'CREATE TABLE b (id INT PRIMARY KEY);');
    await migrate({ url, directory, log });
    await rm(join(directory, '2_newer'), { recursive: true });
    expect(await migrate({ url, directory, log })).toEqual({ applied: [] });
    expect(await migrationStatus({ url, directory })).toMatchObject([{ state: 'applied' }, { state: 'unknown' }]);
  });

  it('says of a server that cannot be used what is the matter, and never a password', async () => {
    const wrong = (change: Partial<URL>) => Object.assign(new URL(url), change).href;
    for (const [bad, reason] of [
      [wrong({ port: '1' }), 'refuses connections'],
      [wrong({ password: 'wrong-secret' }), 'refuses the user or the password'],
      [wrong({ pathname: '/none_of_this_name' }), 'no such database'],
    ] as const) {
      const error: unknown = await migrate({ url: bad, directory, log }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(DatabaseUnreachableError);
      expect(String(error)).toContain(reason);
      expect(String(error)).not.toContain('wrong-secret');
    }
  });
});

const halfBroken = 'CREATE TABLE b (id INT PRIMARY KEY); CREATE TABLE a (id INT PRIMARY KEY); CREATE TABLE c (id INT);';

describe.runIf(isUndoable)('a migration that fails in its transaction', () => {
  const name = '2_broken';

  it('leaves nothing, needs no settling, and runs once it is corrected', async () => {
    await write('1_first', 'CREATE TABLE a (id INT PRIMARY KEY);');
    await write(name, halfBroken);
    for (let time = 0; time < 2; time += 1) {
      const error: unknown = await migrate({ url, directory, log }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RolledBackMigrationError);
      expect(error).toMatchObject({ retryable: false, facts: { migration: name, failedStep: 2, isUnknown: false } });
      expect(await migrationStatus({ url, directory })).toMatchObject([{ state: 'applied' }, { state: 'pending' }]);
      expect(await tables()).toEqual(['a']);
    }
    await expect(settleMigration({ url, directory, log }, name, 'applied')).rejects.toBeInstanceOf(
      NoFailedMigrationError,
    );
    await write(name, 'CREATE TABLE b (id INT PRIMARY KEY);');
    expect(await migrate({ url, directory, log })).toEqual({ applied: [name] });
    expect(await tables()).toEqual(['a', 'b']);
  });
});

describe('a migration that fails half way outside of a transaction', () => {
  const name = '2_broken';

  beforeEach(async () => {
    await write('1_first', 'CREATE TABLE a (id INT PRIMARY KEY);');
    await write(name, `${isUndoable ? '-- tidemark: no transaction\n' : ''}${halfBroken}`);
    await expect(migrate({ url, directory, log })).rejects.toBeInstanceOf(FailedMigrationError);
  });

  it('is recorded with its reason, and stops everything until it is settled', async () => {
    const error: unknown = await migrate({ url, directory, log }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FailedMigrationError);
    expect(error).toMatchObject({ facts: { migration: name, appliedSteps: 1 } });
    expect(String(error)).toMatch(/\ba\W+already exists/);
    expect(String(error)).toContain(`--rolled-back ${name}`);
    expect(await migrationStatus({ url, directory })).toMatchObject([{ state: 'applied' }, { state: 'failed' }]);
    expect(await tables()).toEqual(['a', 'b']);
  });

  it('runs again, repaired, once it is settled as rolled back', async () => {
    await connection.query('DROP TABLE b');
    await write(name, 'CREATE TABLE b (id INT PRIMARY KEY); CREATE TABLE c (id INT PRIMARY KEY);');
    await settleMigration({ url, directory, log }, name, 'rolled-back');
    expect(await migrate({ url, directory, log })).toEqual({ applied: [name] });
    expect(await tables()).toEqual(['a', 'b', 'c']);
  });

  it('counts as applied once it was completed by hand', async () => {
    await connection.query('CREATE TABLE c (id INT)');
    await settleMigration({ url, directory, log }, name, 'applied');
    expect(await migrate({ url, directory, log })).toEqual({ applied: [] });
    expect(await migrationStatus({ url, directory })).toMatchObject([{ state: 'applied' }, { state: 'applied' }]);
  });

  it('is the only kind that can be settled', async () => {
    for (const other of ['1_first', randomUUID()]) {
      await expect(settleMigration({ url, directory, log }, other, 'applied')).rejects.toBeInstanceOf(
        NoFailedMigrationError,
      );
    }
  });
});

describe('the orders database', () => {
  const drift = async () => {
    const expected = expectedTables(
      await readFile(isPostgresql ? 'prisma/postgresql/orders/schema.prisma' : 'prisma/orders/schema.prisma', 'utf8'),
    );
    const live = (await liveTables(connection)).filter(
      ({ name }) => !['_prisma_migrations', 'cluster_epochs', 'cluster_servers', 'commit_proofs'].includes(name),
    );
    const inOrder = (given: typeof expected) =>
      given
        .map((table) => ({ ...table, indexes: table.indexes.toSorted((a, b) => (a.name < b.name ? -1 : 1)) }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return { expected: inOrder(expected), live: inOrder(live) };
  };

  beforeEach(async () => {
    await migrate({ url, directory: ourMigrations('orders'), log });
  });

  it('has exactly the tables, columns, defaults and indexes that the Prisma schema says', async () => {
    const { expected, live } = await drift();
    expect(expected.map(({ name }) => name)).toEqual(['idempotency_keys', 'order_items', 'orders', 'outbox']);
    expect(expected.flatMap(({ indexes }) => indexes).length).toBeGreaterThan(10);
    expect(live).toEqual(expected);
  });

  const drifts = isPostgresql
    ? [
        'ALTER TABLE orders ALTER total TYPE DECIMAL(12, 3)',
        'ALTER TABLE orders ALTER charge SET NOT NULL',
        'ALTER TABLE orders ALTER id DROP IDENTITY',
        'DROP INDEX orders_total_idx',
        'ALTER TABLE order_items DROP CONSTRAINT order_items_order_fk',
        "ALTER TYPE order_status ADD VALUE 'LOST'",
      ]
    : [
        'ALTER TABLE orders MODIFY total DECIMAL(12, 3) NOT NULL',
        'ALTER TABLE orders MODIFY charge DECIMAL(12, 2) NOT NULL',
        'ALTER TABLE orders DROP INDEX orders_total_idx',
        'ALTER TABLE order_items DROP FOREIGN KEY order_items_order_fk',
      ];
  it.each([...drifts, 'ALTER TABLE orders ALTER version SET DEFAULT 2', 'ALTER TABLE idempotency_keys ADD extra INT'])(
    'is seen to drift after %s',
    async (change) => {
      await connection.query(change);
      const { expected, live } = await drift();
      expect(live).not.toEqual(expected);
    },
  );

  it('begins in epoch 1', async () => {
    expect(await connection.query('SELECT epoch, source_id, end_of_previous FROM cluster_epochs')).toEqual([
      { epoch: 1, source_id: null, end_of_previous: null },
    ]);
  });
});
