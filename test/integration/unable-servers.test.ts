import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkServers } from '../../src/cli/check-servers.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { orderIdOf } from '../../src/graphql/orders/order-id.ts';
import { environmentFor } from '../consistency/api-process.ts';
import { caughtUp, migrateOrders } from '../support/engine.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { createOrder } from '../support/orders-over-http.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { onServers, listQuery as query } from '../support/unable-servers.ts';
import { until } from '../support/until.ts';
import { makeMemoryLog } from '../unit/http/tiny-server.ts';

// Servers that answer, and cannot serve: each is found, named with what mends it, and left out until it can.
let cluster: TestCluster;
let api: TestApi;
const { log, lines } = makeMemoryLog();

beforeAll(async () => {
  cluster = await startTestCluster();
});

afterAll(async () => {
  await api?.stop();
  await cluster.stop();
});

const { isMysql, on, health, found, well, app, endConnections, reads } = onServers(
  () => cluster,
  () => api,
);

const create = (userId: string) =>
  ask(
    api,
    `mutation { createOrder(input: { userId: "${userId}", currency: "EUR", items: [{ sku: "A", name: "A", quantity: 1, unitPrice: "1.00" }] }) { __typename } }`,
  );

describe('servers without tables', () => {
  it('are reported as not migrated, serve no reads, and serve again once they are migrated', async () => {
    // A read that hangs is to be asked elsewhere, however late this machine finds out, and not to be ended.
    const patient = { STATEMENT_TIMEOUT_MS: '60000', REQUEST_TIMEOUT_MS: '90000' };
    api = await startApi({ ...environmentFor(cluster), ...patient }, { log });
    const readyz = () => fetch(new URL('/readyz', api.url));
    const ready = await readyz();
    expect(ready.status).toBe(503);
    expect(await ready.text()).toContain('has no table');
    expect(await health()).toMatchObject({ verdict: 'DOWN' });
    expect(await found('NOT_MIGRATED', 'source')).toMatchObject({ cure: 'npm run migrate' });
    const read = await ask(api, query);
    expect([read.code, read.errors[0]?.extensions.retryable]).toEqual(['LIMITED_FUNCTIONALITY', true]);
    expect(lines.filter(({ level, msg }) => level === 'warn' && msg.includes('has no table'))).toContainEqual(
      expect.objectContaining({
        problem: expect.objectContaining({ code: 'NOT_MIGRATED', node: 'source' }),
        msg: expect.stringContaining('Cure: npm run migrate'),
      }),
    );
    await migrateOrders(cluster);
    await well();
    await until('it is ready', async () => (await readyz()).status === 200);
    await createOrder(api);
    for (const name of ['replica-1', 'replica-2']) await caughtUp(cluster, name);
  });
});

describe('a configuration that is checked', () => {
  it('names the tables that are missing on its servers, and ends with 3', async () => {
    await well();
    const check = async () => {
      const read = readConfig(environmentFor(cluster));
      if (read.mode !== 'external') throw new Error('no servers');
      return checkServers(read.config);
    };
    expect((await check()).exitCode).toBe(0);
    await on('source', 'RENAME TABLE orders.order_items TO orders.order_items_gone');
    try {
      const { text, exitCode } = await check();
      expect(text).toMatch(/source has no table order_items as this version needs it/);
      expect(text).toContain('npm run migrate');
      expect(exitCode).toBe(3);
    } finally {
      await on('source', 'RENAME TABLE orders.order_items_gone TO orders.order_items');
    }
    await well();
  });
});

describe('the log', () => {
  it('says which orders a write has changed, and nothing of the kind of one that was refused', async () => {
    const written = () => lines.filter(({ msg, type }) => msg === 'answered' && type === 'mutation');
    const before = written().length;
    const { id } = await createOrder(api);
    const deletion = `mutation { deleteOrder(input: { id: "${id}", expectedVersion: 1 }) { __typename } }`;
    expect((await ask(api, deletion)).data.deleteOrder.__typename).toBe('DeleteOrderPayload');
    expect((await ask(api, deletion)).data.deleteOrder.__typename).not.toBe('DeleteOrderPayload');
    const changed = [String(orderIdOf(id))];
    expect(written().slice(before)).toMatchObject([{ orders: changed }, { orders: changed }, {}]);
    expect(written().at(-1)).not.toHaveProperty('orders');
  });
});

describe('a replica that cannot serve', () => {
  it('because a table is missing serves no reads, is reported, and is back with the table', async () => {
    await well();
    await on('replica-1', 'RENAME TABLE orders.order_items TO orders.order_items_gone');
    expect(await reads()).toEqual([]);
    await until('it is named', async () => (await found('TABLE_MISSING', 'replica-1')) !== undefined);
    const { verdict } = await health();
    expect(verdict).toBe('DEGRADED');
    expect((await found('TABLE_MISSING', 'replica-1'))?.message).toContain('order_items');
    await on('replica-1', 'RENAME TABLE orders.order_items_gone TO orders.order_items');
    await well();
    expect(await reads()).toEqual([]);
  });

  it('because a column is missing serves no reads, and is reported', async () => {
    await on('replica-2', 'ALTER TABLE orders.orders RENAME COLUMN charge TO charged');
    expect(await reads()).toEqual([]);
    await until('it is named', async () => (await found('TABLE_MISSING', 'replica-2')) !== undefined);
    await on('replica-2', 'ALTER TABLE orders.orders RENAME COLUMN charged TO charge');
    await well();
  });

  it('because the account may not read a table serves no reads, and is reported with the grant', async () => {
    const others = ['orders', 'idempotency_keys', 'outbox', 'cluster_epochs'];
    await on(
      'replica-1',
      `REVOKE SELECT ON orders.* FROM ${app()}`,
      ...others.map((table) => `GRANT SELECT ON orders.${table} TO ${app()}`),
    );
    await endConnections('replica-1');
    expect(await reads()).toEqual([]);
    await until('it is named', async () => (await found('RIGHT_MISSING', 'replica-1')) !== undefined);
    expect((await found('RIGHT_MISSING', 'replica-1'))?.cure).toContain('GRANT SELECT');
    await on('replica-1', `GRANT SELECT ON orders.* TO ${app()}`);
    await endConnections('replica-1');
    await well();
  });

  it('because reads of a table get no answer is left, and the waiting reads run elsewhere', async () => {
    const holder = await cluster.admin('replica-1');
    // MySQL locks nothing for writing on a server that refuses writes.
    if (isMysql()) await holder.query('SET GLOBAL super_read_only = OFF');
    await holder.query('LOCK TABLES orders.orders WRITE');
    try {
      const waiting = reads(6);
      await until('it is named', async () => (await found('TABLE_SILENT', 'replica-1')) !== undefined);
      expect(await waiting).toEqual([]);
      expect(await reads()).toEqual([]);
    } finally {
      await holder.query('UNLOCK TABLES');
      if (isMysql()) await holder.query('SET GLOBAL super_read_only = ON');
      await holder.end();
    }
    await well();
  });
});

describe('a server that lacks a migration', () => {
  const last = '20261129210000_commit_proofs';
  const undo = (name: string, to: string) =>
    on(name, `UPDATE orders._prisma_migrations SET rolled_back_at = ${to} WHERE migration_name = '${last}'`);

  it.each([
    ['replica-2', 'MIGRATION_MISSING', 'rejoin replica-2'],
    ['source', 'NOT_MIGRATED', 'npm run migrate'],
  ] as const)('%s: it is named with what brings it, and serves what it can', async (name, code, cure) => {
    await well();
    await undo(name, 'UTC_TIMESTAMP(3)');
    await until('it is named', async () => (await found(code, name)) !== undefined);
    const problem = await found(code, name);
    expect(problem?.message).toContain(last);
    expect(problem?.cure).toContain(cure);
    expect((await health()).verdict).toBe('DEGRADED');
    expect(await reads(10)).toEqual([]);
    await undo(name, 'NULL');
    await well();
  });
});

describe('a server with a table that cannot be opened', () => {
  /** What is in the file of a table is away until the file is back. */
  async function withoutFile(name: string, table: string, meanwhile: () => Promise<void>): Promise<void> {
    const file = join(cluster.node(name).dataDirectory, 'orders', `${table}.ibd`);
    const kept = [`${file}.kept`, `${file.replace(/ibd$/, 'cfg')}.kept`] as const;
    const flusher = await cluster.admin(name);
    await flusher.query(`FLUSH TABLES orders.${table} FOR EXPORT`);
    await copyFile(file, kept[0]);
    await copyFile(file.replace(/ibd$/, 'cfg'), kept[1]);
    await flusher.query('UNLOCK TABLES');
    await flusher.end();
    await on(name, 'SET SESSION foreign_key_checks = 0', `ALTER TABLE orders.${table} DISCARD TABLESPACE`);
    try {
      await meanwhile();
    } finally {
      await copyFile(kept[0], file);
      await copyFile(kept[1], file.replace(/ibd$/, 'cfg'));
      await on(name, 'SET SESSION foreign_key_checks = 0', `ALTER TABLE orders.${table} IMPORT TABLESPACE`);
    }
    await well();
  }

  it('a replica: what it cannot read is read elsewhere, and it is named', async () => {
    await withoutFile('replica-1', 'order_items', async () => {
      expect(await reads()).toEqual([]);
      await until('it is named', async () => (await found('TABLE_BROKEN', 'replica-1')) !== undefined);
      expect((await found('TABLE_BROKEN', 'replica-1'))?.message).toContain('order_items');
    });
    expect(await reads()).toEqual([]);
  });

  it('the source: a write is refused in words of our own, and nothing of it is there', async () => {
    await withoutFile('source', 'order_items', async () => {
      const code = async () => (await create('777')).code;
      expect(await code()).toBe('SOURCE_UNAVAILABLE');
      await until('it is named', async () => (await found('TABLE_BROKEN', 'source')) !== undefined);
      expect(await code()).toBe('SOURCE_UNAVAILABLE');
    });
    const left = await ask(api, '{ orders(where: { userId: "777" }) { nodes { id } } }', {
      headers: { 'x-consistency-level': 'strong' },
    });
    expect(left.data.orders.nodes).toEqual([]);
    expect((await create('778')).code).toBeUndefined();
  });
});

describe('an account that may read a table nowhere', () => {
  it('learns that no server can answer now, from the first read on', async () => {
    const all = ['source', 'replica-1', 'replica-2'];
    const others = ['orders', 'idempotency_keys', 'outbox', 'cluster_epochs', 'cluster_servers', 'commit_proofs'];
    for (const name of all) {
      await on(
        name,
        `REVOKE SELECT ON orders.* FROM ${app()}`,
        ...others.map((table) => `GRANT SELECT ON orders.${table} TO ${app()}`),
      );
      await endConnections(name);
    }
    try {
      const codes = new Set([...(await reads(30)), (await ask(api, query)).code]);
      expect([...codes]).toEqual(['LIMITED_FUNCTIONALITY']);
    } finally {
      for (const name of all) {
        await on(name, `GRANT SELECT ON orders.* TO ${app()}`);
        await endConnections(name);
      }
    }
    await well();
    expect(await reads(10)).toEqual([]);
  });
});

describe('a table that is on no server', () => {
  const one = '{ orders(first: 5) { totalCount nodes { id items { sku } } } }';
  const all = ['source', 'replica-1', 'replica-2'];

  /** The source hands it on to the others. */
  async function onAll(statement: string): Promise<void> {
    const admin = await cluster.admin('source');
    await admin.query(statement);
    await admin.end();
    for (const name of all.slice(1)) await caughtUp(cluster, name);
  }

  it.each([
    [
      'a table',
      one,
      'RENAME TABLE orders.order_items TO orders.order_items_gone',
      'RENAME TABLE orders.order_items_gone TO orders.order_items',
    ],
    [
      'a column',
      query,
      'ALTER TABLE orders.orders RENAME COLUMN charge TO charged',
      'ALTER TABLE orders.orders RENAME COLUMN charged TO charge',
    ],
  ])(
    '%s: reads say from the first one on that it has to be migrated, and may be repeated',
    async (_, text, away, back) => {
      await well();
      await onAll(away);
      try {
        const asked = (text: string, level: string) => ask(api, text, { headers: { 'x-consistency-level': level } });
        // Nobody has probed the servers since: what is said now a read has found out.
        const [first] = (await asked(text, 'eventual')).errors;
        expect(first?.extensions).toMatchObject({
          code: 'LIMITED_FUNCTIONALITY',
          problem: 'NOT_MIGRATED',
          retryable: true,
        });
        expect(first?.message).toContain('migrated');
        for (let turn = 0; turn < 6; turn += 1) {
          expect((await asked(turn % 2 === 0 ? query : one, 'session')).code).toBe('LIMITED_FUNCTIONALITY');
          expect(['LIMITED_FUNCTIONALITY', 'SOURCE_UNAVAILABLE']).toContain((await asked(query, 'strong')).code);
        }
        expect((await create('779')).code).toBe('SOURCE_UNAVAILABLE');
        await until('it is named', async () => (await found('NOT_MIGRATED', 'source')) !== undefined);
      } finally {
        await onAll(back);
      }
      await well();
      expect(await reads(10)).toEqual([]);
    },
  );
});

describe('an account that does not see how servers replicate', () => {
  it('is told the right that it lacks, and everything is served, sessions by the source', async () => {
    const right = isMysql() ? 'REPLICATION CLIENT' : 'SLAVE MONITOR';
    const all = ['source', 'replica-1', 'replica-2'];
    for (const name of all) await on(name, `REVOKE ${right} ON *.* FROM ${app()}`);
    for (const name of all) await endConnections(name);
    try {
      await until('it is named', async () => (await found('RIGHT_MISSING', 'replica-2')) !== undefined);
      expect((await found('RIGHT_MISSING', 'replica-2'))?.cure).toContain(`GRANT ${right} ON *.*`);
      expect((await health()).verdict).toBe('DEGRADED');
      await until('replicas are doubted', async () => {
        const doubted = await Promise.all(['replica-1', 'replica-2'].map((name) => found('REPLICATION_UNSEEN', name)));
        return doubted.every((problem) => problem !== undefined);
      });
      const { token } = await createOrder(api);
      const read = await ask(api, query, { headers: { 'x-consistency-token': token } });
      expect(read.errors).toEqual([]);
      // A replica may leave out what it counts: nobody sees its filters.
      expect(read.consistency?.servedBy?.node).toBe('source');
      expect(await reads(10)).toEqual([]);
    } finally {
      for (const name of all) await on(name, `GRANT ${right} ON *.* TO ${app()}`);
      for (const name of all) await endConnections(name);
    }
    await well();
  });
});
