import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentFor } from '../consistency/api-process.ts';
import { migrateOrders } from '../support/engine.ts';
import { ask, startApi } from '../support/in-process-api.ts';
import { createOrder, one, withToken } from '../support/orders-over-http.ts';
import { startTestCluster, type TestCluster, testFlavour } from '../support/test-cluster.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startTestCluster({ redis: true, backup: true });
  await migrateOrders(cluster);
});
afterAll(() => cluster?.stop());

/** The backup of this cluster is no backup here: it is a fresh server that joins. */
function withoutBackup(): Record<string, string> {
  const { BACKUP_URL: _, ...environment } = environmentFor(cluster);
  return environment;
}

type Ended = { readonly code: number; readonly output: string };

/** As a person at a terminal or a scheduler runs it. */
function command(...args: readonly string[]): Promise<Ended> {
  const { replication } = cluster.cluster.credentials;
  const { PATH = '', HOME = '' } = process.env;
  const env = {
    PATH,
    HOME,
    ...withoutBackup(),
    REDIS_URL: cluster.urls().redis ?? '',
    CLUSTER_REPLICATION_USER: replication.user,
    CLUSTER_REPLICATION_PASSWORD: replication.password,
  };
  return new Promise((resolve) => {
    execFile(
      'node',
      ['src/bundled.mjs', 'src/cli/cluster.ts', ...args],
      { cwd: root, env },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
      },
    );
  });
}

describe.sequential('npm run cluster', () => {
  it('shows what every server says of itself, without a password', async () => {
    const { code, output } = await command('status');
    expect(code).toBe(0);
    expect(output).toMatch(/^source source, epoch 1\n/);
    expect(output).toMatch(/^replica-1 .* replica +refused +connected +running /m);
    expect(output).not.toContain(cluster.cluster.credentials.admin.password);
    const json = JSON.parse((await command('status', '--json')).output);
    expect(json).toMatchObject({ source: 'source', epoch: 1, servers: [{ name: 'source', writes: true }, {}, {}] });
  });

  it('refuses to promote while the source answers, says why, and ends with 3', async () => {
    const { code, output } = await command('promote', 'replica-1', '--yes');
    expect({ code, output }).toEqual({ code: 3, output: expect.stringContaining('switchover replica-1') });
  });

  it('does nothing unasked while the source answers', async () => {
    const { code, output } = await command('promote', '--if-source-down', '--yes');
    expect({ code, output }).toEqual({ code: 0, output: 'Nothing to do: source is the source and answers.\n' });
  });

  it('exits with 2 without a terminal to confirm on', async () => {
    const { code, output } = await command('switchover', 'replica-1');
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining('pass --yes') });
  });

  it('promotes once when several schedulers find the source gone, and says each step', async () => {
    await cluster.kill('source');
    const ends = await Promise.all([1, 2, 3].map(() => command('promote', '--if-source-down', '--yes')));
    const promoted = ends.filter(({ output }) => output.includes('is the source. It took'));
    expect(promoted).toHaveLength(1);
    expect(promoted[0]?.output).toMatch(/done {2}replica-\d records the start of epoch 2/);
    expect(promoted[0]?.code).toBe(0);
    const [now] = await admin(promoted[0]?.output.includes('replica-1 is the source') ? 'replica-1' : 'replica-2');
    expect(Number(now?.epochs)).toBe(2);
  });

  it('does not promote again within the quiet time', async () => {
    const status = JSON.parse((await command('status', '--json')).output);
    await cluster.kill(status.source);
    await cluster.cluster.startNode('source');
    const unasked = () => command('promote', '--if-source-down', '--yes');
    await expect.poll(async () => (await unasked()).output, { timeout: 30_000 }).toContain('within the quiet time');
    expect((await unasked()).code).toBe(3);
    const later = await command('promote', '--if-source-down', '--yes', '--quiet-time', '0');
    expect(later.output).toContain('is the source. It took');
    expect(later.code).toBe(0);
  });
});

async function admin(name: string): Promise<{ epochs: unknown }[]> {
  const connection = await cluster.admin(name);
  try {
    return await connection.query('SELECT COUNT(*) AS epochs FROM cluster_epochs');
  } finally {
    await connection.end();
  }
}

describe.sequential('a server that joins', () => {
  it('needs more than being there', async () => {
    const url = new URL(cluster.adminUrl('replica-2'));
    url.port = '1';
    const { code, output } = await command('add-replica', url.href, '--yes');
    expect({ code, output }).toEqual({ code: 3, output: expect.stringContaining('Refused') });
    expect(output).not.toContain(cluster.cluster.credentials.admin.password);
  });

  it('is not asked to join twice', async () => {
    const running = JSON.parse((await command('status', '--json')).output).servers.find(
      (server: { reachable: boolean }) => server.reachable,
    );
    const { code } = await command('add-replica', cluster.adminUrl(running.name), '--yes');
    expect({ flavour: testFlavour(), code }).toEqual({ flavour: testFlavour(), code: 3 });
  });
});

type Server = {
  readonly name: string;
  readonly address: string;
  readonly reachable: boolean;
  readonly errant: string[];
};

/** As the command sees it: a promotion has changed who is called what in its configuration. */
async function sourceAndFollower(): Promise<{ source: Server; follower: Server }> {
  const told = JSON.parse((await command('status', '--json')).output);
  const source = told.servers.find(({ name }: Server) => name === told.source);
  return { source, follower: told.servers.find((server: Server) => server.reachable && server !== source) };
}

async function on({ address }: Pick<Server, 'address'>, ...statements: readonly string[]): Promise<unknown> {
  const node = cluster.cluster.nodes.find(({ host, port }) => `${host}:${port}` === address);
  const connection = await cluster.admin(node?.name ?? '');
  try {
    let rows: unknown;
    for (const statement of statements) rows = await connection.query(statement);
    return rows;
  } finally {
    await connection.end();
  }
}

/** Somebody with rights enough to write where nobody should. */
const strayWrite = [
  ...(testFlavour() === 'mysql' ? ['SET GLOBAL super_read_only = OFF'] : []),
  'CREATE TABLE stray (id INT)',
];
const everyOrder = 'SELECT id, number, user_id, total, created_at FROM orders ORDER BY id';

describe.sequential('an empty server that joins', () => {
  it('gets all data, and serves reads once it is configured', async () => {
    const { source } = await sourceAndFollower();
    const { code, output } = await command('add-replica', cluster.adminUrl('backup'), '--yes');
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringContaining(`the new replica replicates ${source.name}`),
    });
    const { app } = cluster.cluster.credentials;
    const url = (address: string) => `mysql://${app.user}:${app.password}@${address}/${cluster.cluster.database}`;
    const { host, port } = cluster.node('backup');
    const joined = { address: `${host}:${port}` };
    const replicaUrls = url(joined.address);
    const api = await startApi({ ...withoutBackup(), SOURCE_URL: url(source.address), REPLICA_URLS: replicaUrls });
    try {
      const created = await createOrder(api);
      await expect
        .poll(
          async () => {
            const read = await ask(api, one, { variables: { id: created.id }, headers: withToken(created.token) });
            expect(read.data?.order?.id).toBe(created.id);
            return read.consistency?.servedBy?.node;
          },
          { timeout: 30_000 },
        )
        .toBe('replica-1');
      expect(await on(joined, everyOrder)).toEqual(await on(source, everyOrder));
    } finally {
      await api.stop();
    }
  });
});

describe.sequential('a replica that was written to', () => {
  it('is refused until what it holds may be thrown away, and is then made anew', async () => {
    const { source, follower } = await sourceAndFollower();
    const { name } = follower;
    await on(follower, ...strayWrite);
    const refused = await command('rejoin', name, '--yes');
    expect(refused).toEqual({ code: 3, output: expect.stringContaining(`rejoin ${name} --discard`) });
    const { code, output } = await command('rejoin', name, '--discard', '--yes');
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/ orders: \d+ rows/) });
    expect(output).toContain(`${name} holds transactions that did not survive`);
    expect(await on(follower, "SHOW TABLES LIKE 'stray'")).toEqual([]);
    expect(await on(follower, everyOrder)).toEqual(await on(source, everyOrder));
    expect((await sourceAndFollower()).follower.errant).toEqual([]);
    const again = await command('rejoin', name, '--discard', '--yes');
    expect(again).toEqual({ code: 0, output: expect.stringContaining('replicates') });
  });

  it('is told how to do it otherwise where it cannot be copied', async () => {
    const { source, follower } = await sourceAndFollower();
    const { name } = follower;
    await on(source, 'CREATE DATABASE elsewhere');
    await on(
      follower,
      ...(testFlavour() === 'mysql' ? ['SET GLOBAL super_read_only = OFF'] : []),
      'CREATE TABLE stray (id INT)',
    );
    const { code, output } = await command('rejoin', name, '--discard', '--yes');
    expect({ code, output }).toEqual({ code: 3, output: expect.stringContaining('other databases on it: elsewhere') });
    expect(output).toContain(`then rejoin ${name}`);
  });
});
