import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../src/database/migrations/migrate.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import type { Connection } from '../../src/servers/connection.ts';
import { openDirectConnection } from '../../src/servers/direct-connection.ts';
import { flavourOf } from '../../src/servers/known-flavours.ts';
import type { ChangedRecord } from '../../src/servers/outbox-table.ts';
import { migrationsDirectory, startDatabaseServer } from '../support/orders-database.ts';

let server: Awaited<ReturnType<typeof startDatabaseServer>>;
let url: string;
let writer: Connection;
const connections: Connection[] = [];
let outbox: Outbox;

const connect = async () => {
  const connection = await openDirectConnection(url);
  connections.push(connection);
  return connection;
};
const openOutbox = async () => {
  const connection = await connect();
  return new Outbox((work) => work(connection, flavourOf(connection)));
};
const appendRows = (connection: Connection, records: readonly ChangedRecord[]) =>
  flavourOf(connection).outbox.append(connection, records);
const changed = (...keys: string[]) =>
  appendRows(
    writer,
    keys.map((recordKey) => ({ model: 'Thing', recordKey })),
  );
const claim = (options: Partial<Parameters<Outbox['claim']>[0]> = {}) =>
  outbox.claim({ limit: 10, leaseMs: 60_000, worker: 'one', ...options });
const keys = (entries: Awaited<ReturnType<typeof claim>>) => entries.map(({ recordKey }) => recordKey);
const endLeases = () => writer.query('UPDATE outbox SET due_at = UTC_TIMESTAMP(3) WHERE claimed_by IS NOT NULL');

beforeAll(async () => {
  server = await startDatabaseServer();
  url = await server.newDatabase();
  await migrate({ url, directory: migrationsDirectory, log: () => undefined });
  writer = await connect();
  outbox = await openOutbox();
});
afterAll(async () => {
  for (const connection of connections) await connection.end();
  await server?.stop();
});
beforeEach(() => writer.query('DELETE FROM outbox'));

describe('claiming', () => {
  it('brings the oldest rows first, as many records as asked for, and tells when they were written', async () => {
    await changed('a', 'b', 'c');
    const entries = await claim({ limit: 2 });
    expect(entries).toMatchObject([
      { model: 'Thing', recordKey: 'a', attempts: 1 },
      { model: 'Thing', recordKey: 'b', attempts: 1 },
    ]);
    const [{ now } = {}] = await writer.query<{ now?: unknown }[]>(
      'SELECT ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000) AS now',
    );
    expect(Math.abs(Number(now) - (entries[0]?.createdAtMs ?? 0))).toBeLessThan(60_000);
    expect(keys(await claim())).toEqual(['c']);
    expect(await claim()).toEqual([]);
  });

  it('brings all rows of a record at once', async () => {
    await changed('a', 'b', 'a', 'a');
    expect(keys(await claim({ limit: 1 }))).toEqual(['a', 'a', 'a']);
  });

  it('skips a record that another worker has, whatever happens to it in the meantime', async () => {
    await changed('a');
    await claim();
    await changed('a', 'b');
    expect(keys(await claim({ worker: 'two' }))).toEqual(['b']);
  });

  it('passes over a record that waits for its retry', async () => {
    await changed('a');
    const [entry] = await claim();
    await outbox.postpone(entry?.id ?? 0n, 'the backup is down', 60_000);
    await changed('a');
    expect(await claim()).toEqual([]);
  });

  it('holds up no writer, and is held up by none', async () => {
    await changed('a');
    const claiming = await connect();
    await claiming.query('SET innodb_lock_wait_timeout = 1');
    const other = await connect();
    await other.query('SET innodb_lock_wait_timeout = 1');
    await other.query('START TRANSACTION');
    await appendRows(other, [{ model: 'Thing', recordKey: 'b' }]);
    // Stops half way, with the locks that a claim takes.
    let inTheMiddle = async () => {};
    const query = (async (sql: string, values?: unknown) => {
      if (sql === 'COMMIT') await inTheMiddle();
      return claiming.query(sql, values);
    }) as Connection['query'];
    const slow = new Outbox((work) => work({ query }, flavourOf(claiming)));
    inTheMiddle = async () => {
      await appendRows(other, [{ model: 'Thing', recordKey: 'c' }]);
    };
    expect(keys(await slow.claim({ limit: 10, leaseMs: 60_000, worker: 'slow' }))).toEqual(['a']);
    await other.query('COMMIT');
    expect(keys(await claim())).toEqual(['b', 'c']);
  });

  it('gives no record to two of many workers', async () => {
    const records = Array.from({ length: 40 }, (_, index) => `r${index}`);
    await changed(...records, ...records, ...records);
    const workers = await Promise.all(Array.from({ length: 6 }, () => openOutbox()));
    const owners = new Map<string, number>();
    let rows = 0;
    await Promise.all(
      workers.map(async (own, index) => {
        for (;;) {
          const entries = await own.claim({ limit: 3, leaseMs: 60_000, worker: `w${index}` });
          if (entries.length === 0 && (await own.depth()).waiting === 0) return;
          for (const key of new Set(keys(entries))) {
            expect(owners.get(key) ?? index, key).toBe(index);
            owners.set(key, index);
          }
          await own.settle(entries.map(({ id }) => id));
          for (const key of keys(entries)) owners.delete(key);
          rows += entries.length;
        }
      }),
    );
    expect(rows).toBe(120);
  });
});

describe('a claimed row', () => {
  it('is gone when settled', async () => {
    await changed('a', 'b');
    const entries = await claim();
    await outbox.settle(entries.map(({ id }) => id));
    await outbox.settle([]);
    expect(await outbox.depth()).toEqual({ waiting: 0, parked: 0, oldestAgeMs: null });
  });

  it('is claimed again when its lease ran out, and counts how often', async () => {
    await changed('a');
    await claim();
    await endLeases();
    expect(await claim({ worker: 'two' })).toMatchObject([{ recordKey: 'a', attempts: 2 }]);
  });

  it('comes back after the delay when postponed', async () => {
    await changed('a');
    const [entry] = await claim();
    await outbox.postpone(entry?.id ?? 0n, 'the backup is down', 0);
    expect(await claim()).toMatchObject([{ id: entry?.id, attempts: 2 }]);
  });

  it('is left alone by a worker that lost it', async () => {
    await changed('a');
    const [entry] = await claim();
    await endLeases();
    const other = await openOutbox();
    await other.claim({ limit: 1, leaseMs: 60_000, worker: 'another' });
    await outbox.postpone(entry?.id ?? 0n, 'late', 0);
    await outbox.park(entry?.id ?? 0n, 'late');
    expect(await claim()).toEqual([]);
    expect(await outbox.depth()).toMatchObject({ waiting: 1, parked: 0 });
  });
});

describe('a parked row', () => {
  it('neither waits for others nor blocks them', async () => {
    await changed('a');
    const [entry] = await claim();
    await outbox.park(entry?.id ?? 0n, 'x'.repeat(1000));
    expect(await claim()).toEqual([]);
    await changed('a');
    expect(await claim()).toHaveLength(1);
    expect(await outbox.depth()).toMatchObject({ waiting: 1, parked: 1 });
    expect(await writer.query('SELECT reason FROM outbox WHERE parked_at IS NOT NULL')).toEqual([
      { reason: 'x'.repeat(500) },
    ]);
  });

  it('is retried on request', async () => {
    await changed('a');
    const [entry] = await claim();
    await outbox.park(entry?.id ?? 0n, 'no such column');
    expect(await outbox.replayParked()).toBe(1);
    expect(await claim()).toMatchObject([{ id: entry?.id, attempts: 1 }]);
  });
});

it('the age of what waits is told', async () => {
  await changed('a');
  await writer.query('UPDATE outbox SET created_at = created_at - INTERVAL 5 SECOND');
  const { oldestAgeMs } = await outbox.depth();
  expect(oldestAgeMs).toBeGreaterThanOrEqual(5000);
  expect(oldestAgeMs).toBeLessThan(60_000);
});
