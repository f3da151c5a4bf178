import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readClusterFile, recordApi } from '../../src/local/directory/cluster-file.ts';
import type { Account } from '../../src/local/directory/secrets.ts';
import { startLocalCluster } from '../../src/local/local-cluster.ts';
import { AlreadyRunningError } from '../../src/local/local-errors.ts';
import type { LocalNode } from '../../src/local/local-node.ts';
import { findServerProcesses } from '../../src/local/processes/server-processes.ts';
import { onServer } from '../../src/local/server-connection.ts';
import type { Connection } from '../../src/servers/connection.ts';
import { binariesDirectory, testFlavour } from '../support/test-cluster.ts';

type Cluster = Awaited<ReturnType<typeof startLocalCluster>>;
const flavour = testFlavour();

/** What is said to servers of each kind. */
type Words = {
  /** What a server without any write says for its position; `null` for a kind whose servers all begin with a written log. */
  readonly nothingWritten: string | null;
  readonly replication: string;
  readonly stopReplication: string;
  readonly refusal: object;
  readonly accounts: string;
  hosts(users: string): string;
  letInFromAnywhere(node: LocalNode, account: Account): Promise<readonly string[]>;
};
const familyWords: Omit<Words, 'nothingWritten' | 'replication' | 'stopReplication'> = {
  refusal: { errno: 1290 },
  accounts: 'mysql.user',
  hosts: (users) => `SELECT host AS host FROM mysql.user WHERE user IN (${users})`,
  letInFromAnywhere: async (_, { user, password }) => [
    'SET SESSION sql_log_bin = 0',
    `CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`,
  ],
};
const wordsOf: Readonly<Record<string, Words>> = {
  mariadb: {
    ...familyWords,
    nothingWritten: 'SELECT @@GLOBAL.gtid_binlog_pos AS seen',
    replication: 'SHOW SLAVE STATUS',
    stopReplication: 'STOP SLAVE',
  },
  mysql: {
    ...familyWords,
    nothingWritten: 'SELECT @@GLOBAL.gtid_executed AS seen',
    replication: 'SHOW REPLICA STATUS',
    stopReplication: 'STOP REPLICA',
  },
  postgresql: {
    nothingWritten: null,
    replication: 'SELECT * FROM pg_stat_wal_receiver',
    stopReplication: 'SELECT pg_wal_replay_pause()',
    refusal: { code: '25006' },
    accounts: 'pg_authid',
    hosts: (users) => `SELECT address AS host FROM pg_hba_file_rules WHERE user_name && ARRAY[${users}]`,
    letInFromAnywhere: async ({ dataDirectory }, { user }) => {
      await appendFile(join(dataDirectory, 'pg_hba.conf'), `host all ${user} 0.0.0.0/0 scram-sha-256\n`);
      return ['SELECT pg_reload_conf()'];
    },
  },
};
const words = wordsOf[flavour] ?? expect.unreachable(`no words for ${flavour}`);
/** Their databases and schemas have different names. */
const tables = "SELECT table_name AS name FROM information_schema.tables WHERE table_schema IN ('orders', 'public')";
let directory: string;
let clusters: Cluster[];
let lines: string[];

async function makeDirectory(): Promise<void> {
  directory = await mkdtemp(join(tmpdir(), 'tidemark-local-'));
  clusters = [];
  lines = [];
}

async function removeDirectory(): Promise<void> {
  // What runs now is thrown away: no need to wait for an orderly end.
  const kill = (cluster: Cluster) => cluster.nodes.map(({ name }) => cluster.stopNode(name, 'SIGKILL'));
  await Promise.all(clusters.flatMap(kill));
  await Promise.all(clusters.map((cluster) => cluster.stop()));
  await rm(directory, { recursive: true, force: true });
}

async function start(options: { replicas?: number; backup?: boolean; redis?: boolean } = {}): Promise<Cluster> {
  const settings = { replicas: 1, backup: false, redis: false, ...options };
  const log = (line: string) => void lines.push(line);
  const cluster = await startLocalCluster({ ...settings, directory, binariesDirectory, flavour, log });
  clusters.push(cluster);
  return cluster;
}

function nodeOf(cluster: Cluster, name: string): LocalNode {
  const node = cluster.nodes.find((candidate) => candidate.name === name);
  if (node === undefined) throw new Error(`no ${name}`);
  return node;
}

const connected = <T>(node: LocalNode, account: Account, work: (connection: Connection) => Promise<T>): Promise<T> =>
  onServer({ flavour, host: node.host, port: node.port }, account, work);

const query = (node: LocalNode, account: Account, sql: string) =>
  connected(node, account, (connection) => connection.query<Record<string, unknown>[]>(sql));

/** Writes one row on the source and waits until every replica has it. */
async function writeAndAwait(cluster: Cluster, id: number): Promise<void> {
  const { admin, app } = cluster.credentials;
  const source = nodeOf(cluster, 'source');
  await query(source, admin, 'CREATE TABLE IF NOT EXISTS marks (id INT PRIMARY KEY)');
  await query(source, app, `INSERT INTO marks VALUES (${id})`);
  for (const replica of cluster.nodes.filter(({ role }) => role === 'replica')) {
    await expect
      .poll(() => marksOn(cluster, replica.name).catch(() => []), { timeout: 20_000, interval: 20 })
      .toContain(id);
  }
}

async function marksOn(cluster: Cluster, name: string): Promise<unknown[]> {
  const rows = await query(nodeOf(cluster, name), cluster.credentials.app, 'SELECT id FROM marks ORDER BY id');
  return rows.map(({ id }) => id);
}

/** Where the accounts of the cluster may come from. */
async function hostsOf(cluster: Cluster, node: LocalNode): Promise<unknown[]> {
  const { app, admin, replication } = cluster.credentials;
  const users = [app, admin, replication].map(({ user }) => `'${user}'`).join(', ');
  return (await query(node, admin, words.hosts(users))).map(({ host }) => host);
}

describe('a fresh local cluster', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    await makeDirectory();
    cluster = await start({ replicas: 2, backup: true, redis: true });
  });

  afterAll(removeDirectory);

  it('has one source, two replicas and a backup', () => {
    expect(cluster.nodes.map(({ name, role }) => [name, role])).toEqual([
      ['source', 'source'],
      ['replica-1', 'replica'],
      ['replica-2', 'replica'],
      ['backup', 'backup'],
    ]);
  });

  it.skipIf(words.nothingWritten === null)(
    'has no transaction anywhere, so that no replica has one that the source lacks',
    async () => {
      const { app } = cluster.credentials;
      for (const node of cluster.nodes) {
        expect(await query(node, app, words.nothingWritten ?? '')).toEqual([{ seen: '' }]);
      }
    },
  );

  it('replicates from the source to both replicas, and neither to nor from the backup', async () => {
    await writeAndAwait(cluster, 1);
    expect(await query(nodeOf(cluster, 'backup'), cluster.credentials.app, tables)).toEqual([]);
  });

  it('refuses writes on a replica', async () => {
    await writeAndAwait(cluster, 2);
    const write = query(nodeOf(cluster, 'replica-1'), cluster.credentials.app, 'INSERT INTO marks VALUES (3)');
    await expect(write).rejects.toMatchObject(words.refusal);
  });

  it('gives the application rows and positions, but no control', async () => {
    const { app } = cluster.credentials;
    const replica = nodeOf(cluster, 'replica-1');
    expect(await query(replica, app, words.replication)).toHaveLength(1);
    if (flavour === 'mysql') {
      const workers = 'SELECT * FROM performance_schema.replication_applier_status_by_worker';
      expect((await query(replica, app, workers)).length).toBeGreaterThan(0);
    }
    await expect(query(nodeOf(cluster, 'source'), app, 'CREATE TABLE own (id INT)')).rejects.toThrow(/denied/);
    await expect(query(replica, app, words.stopReplication)).rejects.toThrow(/denied/);
  });

  it('lets its accounts in from this machine only, and the application into no table of the server', async () => {
    for (const node of cluster.nodes) {
      expect(await hostsOf(cluster, node)).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
      await expect(query(node, cluster.credentials.app, `SELECT * FROM ${words.accounts}`)).rejects.toThrow(/denied/);
    }
  });

  it('admits no one without a password', async () => {
    const empty = { user: 'root', password: '' };
    await expect(query(nodeOf(cluster, 'source'), empty, 'SELECT 1')).rejects.toThrow();
    expect((await stat(join(directory, 'secrets.json'))).mode & 0o777).toBe(0o600);
    const left = await readdir(nodeOf(cluster, 'source').dataDirectory);
    expect(left.filter((name) => name.endsWith('.sql'))).toEqual([]);
  });

  it('admits no one to Redis without its password, which is never shown', async () => {
    const { port, pid } = cluster.redis ?? expect.unreachable('Redis does not run');
    const asked = async (account: object) => {
      const client = new Redis({ host: '127.0.0.1', port, lazyConnect: true, retryStrategy: () => null, ...account });
      client.on('error', () => undefined);
      try {
        return await client.get('nothing');
      } finally {
        client.disconnect();
      }
    };
    await expect(asked({})).rejects.toThrow(/NOAUTH/);
    await expect(asked({ password: 'wrong' })).rejects.toThrow();
    expect(await asked({ password: cluster.redisPassword })).toBeNull();
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    expect(words + (await readFile(join(directory, 'cluster.json'), 'utf8'))).not.toContain(cluster.redisPassword);
    const [file = ''] = words.split('\0').filter((word) => word.endsWith('redis.conf'));
    if (file !== '') expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});

describe('a local cluster', () => {
  beforeEach(makeDirectory);
  afterEach(removeDirectory);

  it('keeps data, identity, keys and ports over a restart', async () => {
    const first = await start({ redis: true });
    await writeAndAwait(first, 1);
    const { id, tokenKeys, credentials, redisPassword } = first;
    const ports = first.nodes.map(({ port }) => port);
    await first.stop();
    const second = await start({ redis: true });
    expect(second).toMatchObject({ id, tokenKeys, credentials, redisPassword });
    expect(second.nodes.map(({ port }) => port)).toEqual(ports);
    await writeAndAwait(second, 2);
    expect(await marksOn(second, 'replica-1')).toEqual([1, 2]);
  });

  it('takes from its accounts that they may come from anywhere', async () => {
    const first = await start({ replicas: 0 });
    const { app, admin } = first.credentials;
    const source = nodeOf(first, 'source');
    await connected(source, admin, async (connection) => {
      for (const account of [app, admin]) {
        for (const statement of await words.letInFromAnywhere(source, account)) await connection.query(statement);
      }
    });
    expect((await hostsOf(first, source)).some((host) => ['%', '0.0.0.0'].includes(String(host)))).toBe(true);
    await first.stop();
    const second = await start({ replicas: 0 });
    expect(await hostsOf(second, nodeOf(second, 'source'))).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
  });

  it('takes another port when its own is busy, and replication follows', async () => {
    const first = await start();
    await writeAndAwait(first, 1);
    const { port } = nodeOf(first, 'source');
    await first.stop();
    // A standby knows the old port, and tries it first.
    const squatter = createServer((socket) => void socket.destroy());
    await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve));
    try {
      const second = await start();
      expect(nodeOf(second, 'source').port).not.toBe(port);
      await writeAndAwait(second, 2);
    } finally {
      await new Promise((resolve) => squatter.close(resolve));
    }
  });

  it('refuses a second start and says what runs', async () => {
    const first = await start({ replicas: 0 });
    await recordApi(directory, { host: '127.0.0.1', port: 4321, pid: process.pid });
    const refusal = await start().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AlreadyRunningError);
    expect(refusal).toMatchObject({ cluster: { id: first.id, flavour, api: { port: 4321 } } });
    expect(await marksOn(first, 'source').catch(() => 'answers')).toBe('answers');
  });

  it('lets only one of two simultaneous starts win', async () => {
    const results = await Promise.allSettled([start({ replicas: 0 }), start({ replicas: 0 })]);
    const lost = results.filter((result) => result.status === 'rejected');
    expect(lost.map(({ reason }) => reason)).toEqual([expect.any(AlreadyRunningError)]);
  });

  it('says what runs and what no longer does', async () => {
    const cluster = await start({ redis: true });
    await cluster.stopNode('replica-1', 'SIGKILL');
    const state = await readClusterFile(directory);
    expect(state?.cluster.nodes).toEqual(cluster.nodes);
    expect(state?.alive).toEqual(new Set(['source', 'redis']));
    await cluster.stop();
    expect(await readClusterFile(directory)).toBeNull();
    expect(await findServerProcesses(directory)).toEqual([]);
  });

  it('brings a killed replica back where it was, and it catches up', async () => {
    const cluster = await start();
    await writeAndAwait(cluster, 1);
    const before = nodeOf(cluster, 'replica-1');
    await cluster.stopNode('replica-1', 'SIGKILL');
    await query(nodeOf(cluster, 'source'), cluster.credentials.app, 'INSERT INTO marks VALUES (2)');
    const after = await cluster.startNode('replica-1');
    expect(after.port).toBe(before.port);
    expect(after.pid).not.toBe(before.pid);
    await writeAndAwait(cluster, 3);
    expect(await marksOn(cluster, 'replica-1')).toEqual([1, 2, 3]);
  });

  it('brings a killed source back, and replicas find it again', async () => {
    const cluster = await start();
    await writeAndAwait(cluster, 1);
    await cluster.stopNode('source', 'SIGKILL');
    await cluster.startNode('source');
    await writeAndAwait(cluster, 2);
  });

  it('reports a server that ends by itself and lives on', async () => {
    const cluster = await start();
    process.kill(nodeOf(cluster, 'replica-1').pid, 'SIGKILL');
    await expect.poll(() => lines.join('\n'), { timeout: 10_000 }).toContain('replica-1');
    await query(nodeOf(cluster, 'source'), cluster.credentials.app, 'SELECT 1');
  });

  it('stops servers that outlived the process that started them, and goes on with their data', async () => {
    const lost = await start();
    await writeAndAwait(lost, 1);
    const pids = lost.nodes.map(({ pid }) => pid);
    // As if the process had gone without a word: nobody owns the directory, but its servers run.
    await rm(join(directory, 'owner.json'));
    const next = await start();
    expect(next.nodes.map(({ pid }) => pid).some((pid) => pids.includes(pid))).toBe(false);
    expect((await findServerProcesses(directory)).length).toBe(2);
    await writeAndAwait(next, 2);
    expect(await marksOn(next, 'replica-1')).toEqual([1, 2]);
  });

  it('starts again after its process was killed', async () => {
    const script = fileURLToPath(new URL('../support/start-and-wait.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', script, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    const cluster = await start();
    await writeAndAwait(cluster, 1);
  });

  it('leaves nothing running when its start is broken off', async () => {
    const controller = new AbortController();
    const log = () => {};
    const settings = { directory, binariesDirectory, flavour, log, replicas: 1, backup: false };
    const starting = startLocalCluster({ ...settings, signal: controller.signal });
    await expect
      .poll(async () => (await findServerProcesses(directory)).length, { timeout: 60_000 })
      .toBeGreaterThan(0);
    controller.abort(new Error('enough'));
    await expect(starting).rejects.toThrow('enough');
    expect(await findServerProcesses(directory)).toEqual([]);
    await writeAndAwait(await start(), 1);
  });
});
