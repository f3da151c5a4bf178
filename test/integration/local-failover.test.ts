import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, createConnection } from 'mariadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/database/migrations/migrate.ts';
import { readClusterFile } from '../../src/local/directory/cluster-file.ts';
import { type LocalCluster, startLocalCluster } from '../../src/local/local-cluster.ts';
import { migrations } from '../support/engine.ts';
import { TestFailover } from '../support/failover.ts';
import { binariesDirectory, testFlavour } from '../support/test-cluster.ts';

const flavour = testFlavour();
const said: string[] = [];
let directory: string;
let cluster: LocalCluster;

const start = async () => {
  cluster = await startLocalCluster({
    directory,
    flavour,
    binariesDirectory,
    backup: false,
    redis: false,
    parentDeathSignal: 'KILL',
    log: (line) => said.push(line),
  });
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidemark-test-'));
  await start();
  const { user, password } = cluster.credentials.admin;
  const { port } = node('source');
  await migrate({
    url: `mysql://${user}:${password}@127.0.0.1:${port}/orders`,
    directory: migrations,
    log: () => undefined,
  });
});
afterAll(async () => {
  await cluster?.stop();
  await rm(directory, { recursive: true, force: true });
});

function node(name: string) {
  const found = cluster.nodes.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

async function on<T>(
  name: string,
  work: (connection: Connection) => Promise<T>,
  account = cluster.credentials.app,
): Promise<T> {
  const { host, port } = node(name);
  const connection = await createConnection({
    host,
    port,
    ...account,
    database: 'orders',
    allowPublicKeyRetrieval: true,
  });
  connection.on('error', () => undefined);
  try {
    return await work(connection);
  } finally {
    connection.destroy();
  }
}

const insert = (name: string, number: string) =>
  on(name, (connection) =>
    connection.query('INSERT INTO orders (number, user_id, total, currency) VALUES (?, 1, 1, ?)', [number, 'EUR']),
  );
const numbers = (name: string): Promise<string[]> =>
  on(name, async (connection) => {
    const rows = await connection.query<{ number: string }[]>('SELECT number FROM orders ORDER BY number');
    return rows.map(({ number }) => number);
  });
const semiSync = (name: string): Promise<Record<string, string>> =>
  on(
    name,
    async (connection) => {
      const rows = await connection.query<{ Variable_name: string; Value: string }[]>(
        "SHOW STATUS LIKE 'Rpl_semi_sync%'",
      );
      return Object.fromEntries(rows.map((row) => [row.Variable_name.replace(/master/, 'source'), row.Value]));
    },
    cluster.credentials.admin,
  );
const roles = () => Object.fromEntries(cluster.nodes.map(({ name, role }) => [name, role]));
const patience = { timeout: 30_000 };

describe.sequential('a local cluster', () => {
  it('acknowledges a commit when a replica has it', async () => {
    await insert('source', 'A');
    const { Rpl_semi_sync_source_status: status, Rpl_semi_sync_source_yes_tx: acknowledged } = await semiSync('source');
    expect(status).toBe('ON');
    expect(Number(acknowledged)).toBeGreaterThan(0);
  });

  it('says in its file who leads after a failover, and acknowledges there as before', async () => {
    await cluster.stopNode('source', 'SIGKILL');
    const { outcome } = await new TestFailover({ cluster }).promote('replica-1');
    expect(outcome).toEqual({ leftOut: [] });
    await insert('replica-1', 'B');
    const { Rpl_semi_sync_source_status: status, Rpl_semi_sync_source_yes_tx: acknowledged } =
      await semiSync('replica-1');
    expect(status).toBe('ON');
    expect(Number(acknowledged)).toBeGreaterThan(0);
  });

  it('takes the old source back as a replica when nothing of it was lost', async () => {
    await cluster.startNode('source');
    expect(roles()).toEqual({ source: 'replica', 'replica-1': 'source', 'replica-2': 'replica' });
    await expect.poll(() => numbers('source'), patience).toEqual(['A', 'B']);
    await expect(insert('source', 'X')).rejects.toThrow(/read.only/i);
  });

  it('comes up in its new roles after everything was stopped', async () => {
    await cluster.stop();
    await start();
    expect(roles()).toEqual({ source: 'replica', 'replica-1': 'source', 'replica-2': 'replica' });
    const written = await readClusterFile(directory);
    expect(written?.cluster.nodes.find(({ role }) => role === 'source')?.name).toBe('replica-1');
    await insert('replica-1', 'C');
    for (const name of ['source', 'replica-2']) {
      await expect.poll(() => numbers(name), patience).toEqual(['A', 'B', 'C']);
    }
  });

  it('leaves a server out that holds what did not survive, and says so', async () => {
    const stop = flavour === 'mysql' ? 'STOP REPLICA IO_THREAD' : 'STOP SLAVE IO_THREAD';
    for (const name of ['source', 'replica-2']) {
      await on(name, (connection) => connection.query(stop), cluster.credentials.admin);
    }
    await insert('replica-1', 'LOST');
    await cluster.stopNode('replica-1', 'SIGKILL');
    await new TestFailover({ cluster }).promote('source');
    await insert('source', 'D');
    await cluster.stop();
    said.length = 0;
    await start();
    expect(roles()).toMatchObject({ source: 'source', 'replica-1': 'replica' });
    expect(said.join('\n')).toContain('replica-1 holds transactions that source lacks');
    await insert('source', 'E');
    await expect.poll(() => numbers('replica-2'), patience).toEqual(['A', 'B', 'C', 'D', 'E']);
    expect(await numbers('replica-1')).toEqual(['A', 'B', 'C', 'LOST']);
    await expect(insert('replica-1', 'X')).rejects.toThrow(/read.only/i);
  });
});
