import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readReplication } from '../../src/local/replication/replication.ts';
import { makeClientFolder } from '../support/client-programs.ts';
import { caughtUp } from '../support/engine.ts';
import { TestFailover } from '../support/failover.ts';
import { startTestCluster, type TestCluster, testFlavour } from '../support/test-cluster.ts';

const flavour = testFlavour();
let servers: TestCluster;
let clients: string;

beforeAll(async () => {
  [servers, clients] = await Promise.all([startTestCluster(), makeClientFolder()]);
});

afterAll(async () => {
  await servers?.stop();
  await rm(clients, { recursive: true, force: true });
});

const replicas = ['replica-1', 'replica-2'];

/** A replica as it is when its container has just set itself up. */
async function forgetTheSource(name: string): Promise<void> {
  const connection = await servers.admin(name);
  const word = flavour === 'mysql' ? 'REPLICA' : 'SLAVE';
  for (const statement of [`STOP ${word}`, `RESET ${word} ALL`]) await connection.query(statement);
  await connection.end();
}

async function runOneShot(): Promise<string> {
  const { app, admin, replication } = servers.cluster.credentials;
  const address = (name: string) => `${servers.node(name).host}:${servers.node(name).port}`;
  const { stdout } = await promisify(execFile)('bash', ['src/local/containers/follow.sh'], {
    env: {
      ...process.env,
      PATH: `${clients}${delimiter}${process.env.PATH}`,
      TIDEMARK_FLAVOUR: flavour,
      TIDEMARK_SOURCE: address('source'),
      TIDEMARK_REPLICAS: replicas.map(address).join(' '),
      TIDEMARK_APP_USER: app.user,
      TIDEMARK_APP_PASSWORD: app.password,
      TIDEMARK_ADMIN_USER: admin.user,
      TIDEMARK_ADMIN_PASSWORD: admin.password,
      TIDEMARK_REPLICATION_USER: replication.user,
      TIDEMARK_REPLICATION_PASSWORD: replication.password,
    },
  });
  return stdout;
}

async function rowsOn(name: string): Promise<unknown> {
  const connection = await servers.admin(name);
  try {
    return await connection.query('SELECT id FROM marks ORDER BY id');
  } finally {
    await connection.end();
  }
}

describe('the one-shot service of the compose file', () => {
  it('makes replicas follow the source, says so when they do, and may run again', async () => {
    await Promise.all(replicas.map(forgetTheSource));
    const source = await servers.admin('source');
    await source.query('CREATE TABLE marks (id INT PRIMARY KEY)');
    for (const id of [1, 2]) {
      const said = await runOneShot();
      for (const name of replicas) expect(said).toContain(`${servers.node(name).port} follows 127.0.0.1:`);
      await source.query('INSERT INTO marks VALUES (?)', [id]);
    }
    await source.end();
    for (const name of replicas) {
      await expect.poll(() => rowsOn(name).catch(() => null), { timeout: 20_000 }).toEqual([{ id: 1 }, { id: 2 }]);
      const state = await readReplication(flavour, servers.node(name), servers.cluster.credentials.admin);
      expect(state).toEqual({ receiving: true, applying: true, error: null });
    }
  });

  it('makes only the new source writable after a failover', async () => {
    const admin = await servers.admin('source');
    await admin.query(
      'CREATE TABLE cluster_epochs (epoch INT UNSIGNED PRIMARY KEY, source_id VARCHAR(64), end_of_previous TEXT, started_at DATETIME(3))',
    );
    await admin.query('INSERT INTO cluster_epochs (epoch) VALUES (1)');
    await admin.end();
    for (const name of replicas) await caughtUp(servers, name);
    await new TestFailover(servers).switchover('replica-1');
    const said = await runOneShot();
    expect(said).toContain(`${servers.node('replica-1').port} leads since epoch 2`);
    for (const name of ['source', 'replica-1', 'replica-2']) {
      const connection = await servers.admin(name);
      const [row] = await connection.query('SELECT @@GLOBAL.read_only AS refuses');
      await connection.end();
      expect({ name, refuses: Number(row.refuses) }).toEqual({ name, refuses: name === 'replica-1' ? 0 : 1 });
    }
  });
});
