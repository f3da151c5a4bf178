// A server that answers its probes, can read its tables, and refuses some reads again and again.
import { rename, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clusterHealth } from '../../src/cluster/cluster-health.ts';
import { emptySession } from '../../src/consistency/session.ts';
import { type Runnable, runWithFreshness } from '../../src/database/engine/read-runs.ts';
import type { OrdersPinnedSession } from '../../src/database/orders/orders-client.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { temporaryDirectory } from '../../src/servers/mysql-family/local/server-arguments.ts';
import { caughtUp, migrateOrders, openEngine } from '../support/engine.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';
import { onServers } from '../support/unable-servers.ts';
import { until } from '../support/until.ts';

type Reader = { $queryRawUnsafe(sql: string): Promise<unknown[]> };
type Level = 'EVENTUAL' | 'STRONG';

/** Sent prepared, because of its semicolon. */
const prepared = "SELECT ';' AS text";
const sorted = `WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 150)
  SELECT a.i AS i, REPEAT('x', 500) AS text FROM n a JOIN n b ORDER BY -a.i, -b.i LIMIT 20000, 1`;

let cluster: TestCluster;
let database: Awaited<ReturnType<typeof openEngine>>;
const { on } = onServers(
  () => cluster,
  () => {
    throw new Error('no API is needed here');
  },
);

beforeAll(async () => {
  cluster = await startTestCluster();
  await migrateOrders(cluster);
});
afterAll(() => cluster?.stop());
beforeEach(async () => {
  database = await openEngine(cluster);
});
afterEach(() => database.stop());

/** Some settings of a server count for connections that are opened later. */
async function openAnew(given: Parameters<typeof openEngine>[1] = {}): Promise<void> {
  await database.stop();
  database = await openEngine(cluster, given);
}

const health = () => clusterHealth(database.cluster.snapshot(), systemClock.monotonic());
const problem = (node: string) =>
  health().problems.find(({ code, node: named }) => code === 'READS_REFUSED' && named === node);
const stateOf = (node: string) => health().nodes.find(({ name }) => name === node)?.state;
const allWell = () => until('all are well', async () => health().verdict === 'HEALTHY');

/** The server that was asked first, and the one that answered. */
async function read(sql: string, level: Level = 'EVENTUAL'): Promise<readonly [asked: string, by: string | undefined]> {
  const intent = { level, whenBehind: 'WAIT', waitMs: 1000, maxStalenessMs: null } as const;
  const session = database.openSession({ session: emptySession('orders', 1), intent, writes: false });
  try {
    const { node } = await session.pin();
    await session.read((client) => (client as Reader).$queryRawUnsafe(sql));
    return [node, session.decision?.node];
  } finally {
    session.end();
  }
}

/** Both as one operation, run as the API runs it. The server that answered. */
async function readBoth(first: string, second: string): Promise<string | undefined> {
  const intent = { level: 'EVENTUAL', whenBehind: 'WAIT', waitMs: 1000, maxStalenessMs: null } as const;
  const past = { session: emptySession('orders', 1), isUnjudged: false, judgedIn: null };
  const runnable: Runnable<typeof past, OrdersPinnedSession, void, string | undefined> = {
    mayRerun: true,
    resume: () => past,
    open: ({ session }, excluded) => database.openSession({ session, intent, writes: false, excluded }),
    work: async (session) => {
      for (const sql of [first, second]) await session.read((client) => (client as Reader).$queryRawUnsafe(sql));
    },
    answer: (_, { decision }) => decision?.node,
  };
  return runWithFreshness(database, runnable, past);
}

/** Every read is answered; after a few the server is named and asked no more, until it would answer them again. */
async function bypassed(
  { node, sql, level = 'EVENTUAL', code }: { node: string; sql: string; level?: Level; code: string },
  mend: () => Promise<void>,
): Promise<void> {
  try {
    await until('it is named', async () => {
      const [, by] = await read(sql, level);
      expect(by).not.toBe(node);
      return problem(node) !== undefined;
    });
    expect(problem(node)?.message).toContain(`${node} answers, but refuses reads (${code})`);
    expect([health().verdict, stateOf(node)]).toEqual(['DEGRADED', 'DEGRADED']);
    const asked = new Set<string>();
    for (let turn = 0; turn < 20; turn += 1) asked.add((await read(sql, level))[0]);
    expect([...asked]).not.toContain(node);
    // Its probes are good all the while, and so would many reads be.
    await until('it was tried and probed', async () => (refusingOf(node)?.trials ?? 0) >= 1);
    expect(stateOf(node)).toBe('DEGRADED');
  } finally {
    await mend();
  }
  await allWell();
  await until('it serves again', async () => (await read(sql, level))[0] === node);
}

const refusingOf = (node: string) => database.cluster.snapshot().find((status) => status.node.name === node)?.refusing;

/** `SET GLOBAL` while a test runs. */
async function setting(node: string, assignment: string): Promise<void> {
  const admin = await cluster.admin(node);
  await admin.query(`SET GLOBAL ${assignment}`).finally(() => admin.end());
}

const noStatements = (node: string) => setting(node, 'max_prepared_stmt_count = 0');
const statements = (node: string) => setting(node, 'max_prepared_stmt_count = DEFAULT');

describe('a replica is bypassed', () => {
  const node = 'replica-1';

  it('that holds as many prepared statements as it may, and its cure is the statement for it', async () => {
    await noStatements(node);
    const code = 'ER_MAX_PREPARED_STMT_COUNT_REACHED';
    let cure: string | null = null;
    await bypassed({ node, sql: prepared, code }, async () => {
      cure = problem(node)?.cure ?? null;
      await setting(node, 'max_prepared_stmt_count = 1');
      const admin = await cluster.admin(node);
      await admin.query(String(cure)).finally(() => admin.end());
    });
    expect(cure).toContain('SET GLOBAL max_prepared_stmt_count');
    await statements(node);
  });

  it('whose directory for temporary files is gone', async () => {
    const directory = temporaryDirectory(cluster.node(node).dataDirectory);
    await setting(node, 'sort_buffer_size = 32768');
    await openAnew();
    await rename(directory, `${directory}-away`);
    await bypassed({ node, sql: sorted, code: 'error 1' }, async () => {
      await rename(`${directory}-away`, directory);
      await setting(node, 'sort_buffer_size = DEFAULT');
    });
  });

  it('where a table crashed that no probe reads', async () => {
    const source = await cluster.admin('source');
    await source.query('CREATE TABLE orders.reports (id INT PRIMARY KEY, text VARCHAR(100)) ENGINE = MyISAM');
    await source.query("INSERT INTO orders.reports VALUES (1, 'one'), (2, 'two')");
    await source.end();
    for (const replica of ['replica-1', 'replica-2']) await caughtUp(cluster, replica);
    await on(node, 'FLUSH TABLES orders.reports');
    await truncate(join(cluster.node(node).dataDirectory, 'orders', 'reports.MYD'), 0);
    try {
      await bypassed({ node, sql: 'SELECT id, text FROM reports', code: 'ER_CRASHED_ON_USAGE' }, () =>
        on(
          node,
          'DROP TABLE orders.reports',
          'CREATE TABLE orders.reports (id INT PRIMARY KEY, text VARCHAR(100)) ENGINE = MyISAM',
        ),
      );
    } finally {
      const admin = await cluster.admin('source');
      await admin.query('DROP TABLE orders.reports').finally(() => admin.end());
    }
  });
});

describe('a replica that lacks a table', () => {
  const node = 'replica-1';
  const table = 'CREATE TABLE orders.reports (id INT PRIMARY KEY)';

  it('is bypassed, although only the second read of each operation asks for it', async () => {
    const source = await cluster.admin('source');
    await source.query(table);
    for (const replica of ['replica-1', 'replica-2']) await caughtUp(cluster, replica);
    await on(node, 'DROP TABLE orders.reports');
    try {
      await until('it is named', async () => {
        expect(await readBoth('SELECT 1 AS one', 'SELECT id FROM reports')).not.toBe(node);
        return problem(node) !== undefined;
      });
      expect(problem(node)?.message).toContain(`${node} answers, but refuses reads (ER_NO_SUCH_TABLE)`);
    } finally {
      await on(node, table);
    }
    await allWell();
    await source.query('DROP TABLE orders.reports').finally(() => source.end());
  });
});

describe('a source is bypassed', () => {
  it.each<Level>(['STRONG'])('by reads of level %s, which replicas answer that have all it has', async (level) => {
    await noStatements('source');
    const code = 'ER_MAX_PREPARED_STMT_COUNT_REACHED';
    await bypassed({ node: 'source', sql: prepared, level, code }, () => statements('source'));
  });

  it('and goes on taking writes', async () => {
    await noStatements('source');
    try {
      await until('it is named', async () => {
        await read(prepared, 'STRONG');
        return problem('source') !== undefined;
      });
      expect(health()).toMatchObject({ writes: true, reads: true, source: 'source' });
    } finally {
      await statements('source');
    }
  });
});

describe('no server is bypassed', () => {
  const failing = async (sql: string, times = 8) => {
    for (let turn = 0; turn < times; turn += 1) await expect(read(sql)).rejects.toThrow();
    expect(health().nodes.map(({ state }) => state)).not.toContain('DEGRADED');
    expect(health().problems.map(({ code }) => code)).not.toContain('READS_REFUSED');
  };

  it.each([
    ['of a table that the account may not read anywhere', 'SELECT * FROM mysql.user'],
    ['of a table that is nowhere', 'SELECT * FROM nothing_of_that_name'],
    ['that is no statement', 'SELECT FROM WHERE'],
    [
      'of a value that no server can compare',
      "SELECT _utf8mb4'a' COLLATE utf8mb4_bin = _utf8mb4'a' COLLATE utf8mb4_general_ci",
    ],
  ])('for reads %s', (_, sql) => failing(sql));

  it('for reads that take too long', async () => {
    await openAnew({ pool: { connectionsPerNode: 10, acquireTimeoutMs: 2000, statementTimeoutMs: 200 } });
    await failing(
      'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT COUNT(*) FROM n a JOIN n b JOIN n c',
      4,
    );
  });
});

describe('all servers that refuse the same reads', () => {
  it('are named, and other reads are served', async () => {
    const all = ['source', 'replica-1', 'replica-2'];
    for (const name of all) await noStatements(name);
    try {
      await until('all are named', async () => {
        await read(prepared).catch(() => undefined);
        await read(prepared, 'STRONG').catch(() => undefined);
        return all.every((name) => problem(name) !== undefined);
      });
      expect(health().verdict).toBe('DEGRADED');
      expect((await read('SELECT 1 AS one'))[1]).toBeDefined();
    } finally {
      for (const name of all) await statements(name);
    }
    await allWell();
  });
});
