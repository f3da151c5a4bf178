import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SqlNodeProbe } from '../../src/database/nodes/sql-node-probe.ts';
import { openOrdersDatabase } from '../../src/database/orders/orders-client.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { openDirectConnection } from '../../src/servers/direct-connection.ts';
import { ServerConnection } from '../../src/servers/server-connection.ts';
import { type ApiProcess, environmentFor, startApiProcess } from '../consistency/api-process.ts';
import { certificates } from '../support/certificates.ts';
import { defaultEngine, newOrder, nodesOf, TestClient } from '../support/engine.ts';
import { ask } from '../support/in-process-api.ts';
import { startNodeProcess } from '../support/node-process.ts';
import { createOrder, one, withToken } from '../support/orders-over-http.ts';
import { restartWith } from '../support/restart-with.ts';
import { secure, tlsWith } from '../support/secured-cluster.ts';
import { startTestCluster, type TestCluster, testFlavour } from '../support/test-cluster.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const secured = { DATABASE_SSL_MODE: 'VERIFY_IDENTITY', DATABASE_SSL_CA: certificates.ca } as const;
const mariadb = testFlavour() === 'mariadb';
let cluster: TestCluster;
let servers: { stop(): Promise<void> } | null = null;

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 1, backup: true });
});
afterAll(async () => {
  await servers?.stop();
  await cluster?.stop();
});

/** What operators set. The certificate is for `localhost`. */
function environment(host = 'localhost'): Record<string, string> {
  const { replication } = cluster.cluster.credentials;
  const urls = { ...environmentFor(cluster), BACKUP_MIGRATION_URL: cluster.adminUrl('backup') };
  const hosts = Object.entries(urls).map(([name, value]) => [name, value.replaceAll('127.0.0.1', host)]);
  return {
    ...Object.fromEntries(hosts),
    CLUSTER_REPLICATION_USER: replication.user,
    CLUSTER_REPLICATION_PASSWORD: replication.password,
  };
}

type Ended = { readonly code: number; readonly output: string };

/** As a person at a terminal runs it. */
function run(node: readonly string[], variables: Readonly<Record<string, string>>): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  return new Promise((resolve) => {
    execFile('node', node, { cwd: root, env: { PATH, HOME, ...variables } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
    });
  });
}
const literally = (words: string) => words.replaceAll(/[()]/g, '\\$&');
const bundled = (command: string, ...args: string[]) => ['src/bundled.mjs', `src/cli/${command}.ts`, ...args];
const loaded = (entry: string, ...args: string[]) => ['--import', 'tsx', entry, ...args];

describe.sequential('a server without TLS', () => {
  it('is not spoken to where TLS is asked for', async () => {
    const { restore } = await restartWith(cluster, 'backup', [mariadb ? '--skip-ssl' : '--tls-version=']);
    const address = nodesOf(cluster).find(({ name }) => name === 'backup');
    if (address === undefined) throw new Error('There is no backup');
    const listener = { connectionLost: () => undefined };
    const probe = new SqlNodeProbe({ ...address, tls: tlsWith('REQUIRED', null) }, systemClock, listener);
    try {
      await expect(probe.probe(5000)).rejects.toThrow('offers no TLS, and ssl-mode asks for it');
    } finally {
      await probe.close();
      await restore();
    }
  });
});

describe.sequential('servers that take no connection without TLS', () => {
  const started: ApiProcess[] = [];
  beforeAll(async () => {
    servers = await secure(cluster);
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((api) => api.stop()));
  });

  it('are migrated, written to, read from and mirrored', async () => {
    const api = await startApiProcess(cluster, { environment: { ...environment(), ...secured } });
    started.push(api);
    const { id, token } = await createOrder(api);
    const read = await ask(api, one, { variables: { id }, headers: withToken(token) });
    expect(read.data.order.items).toHaveLength(1);
    const nodes = '{ cluster { verdict nodes { name trouble } } }';
    await expect.poll(async () => (await ask(api, nodes)).data.cluster.verdict, { timeout: 15_000 }).toBe('HEALTHY');
    const verified = await run(loaded('src/cli/backup.ts', 'verify'), { ...environment(), ...secured });
    expect(verified).toEqual({ code: 0, output: expect.stringMatching(/^Equal: [1-9]/) });
  });

  it.each([
    ['REQUIRED', null, '127.0.0.1'],
    ['VERIFY_CA', certificates.ca, '127.0.0.1'],
    ['VERIFY_IDENTITY', certificates.ca, 'localhost'],
  ] as const)('encrypt the connections of an engine with %s', async (mode, ca, host) => {
    const nodes = nodesOf(cluster).map((node) => ({ ...node, host, tls: tlsWith(mode, ca) }));
    const database = openOrdersDatabase({ ...defaultEngine, nodes });
    try {
      await database.start();
      const client = new TestClient(database);
      const cipher = "SHOW STATUS LIKE 'Ssl_cipher'";
      const { value } = await client.write(async (transaction) => {
        await transaction.order.create({ data: newOrder() });
        return transaction.$queryRawUnsafe(cipher);
      });
      const seen = await client.read((reader) => reader.$queryRawUnsafe(cipher), { waitMs: 10_000 });
      expect(client.decision?.role).toBe('REPLICA');
      const encrypted = [expect.objectContaining({ Value: expect.stringMatching(/^(TLS|ECDHE)/) })];
      expect([value, seen]).toEqual([encrypted, encrypted]);
    } finally {
      await database.stop();
    }
  });

  it('are left when they are silent, as those without TLS are', async () => {
    const [address] = nodesOf(cluster);
    if (address === undefined) throw new Error('There is no server');
    const lost: string[] = [];
    const connection = new ServerConnection({ ...address, tls: tlsWith('VERIFY_CA') }, systemClock, (trouble) =>
      lost.push(trouble),
    );
    try {
      const slept = connection.use(300, (server) => server.query('SELECT SLEEP(30)'));
      await expect(slept).rejects.toThrow('does not answer');
      await connection.use(5000, (server) => server.query('DO 1'));
      expect(lost).toHaveLength(1);
    } finally {
      await connection.close();
    }
  });

  const refused = mariadb
    ? 'refused the account, or a connection without TLS (ssl-mode)'
    : 'takes no connection without TLS (ssl-mode)';
  const strangers = 'has a certificate that no trusted CA has signed (ssl-ca)';
  const { anotherCa, ca } = certificates;

  it.each([
    ['without TLS', {}, 'localhost', refused],
    ['with another CA', { DATABASE_SSL_CA: anotherCa }, 'localhost', strangers],
    ["with Node's CAs", { DATABASE_SSL_MODE: 'VERIFY_CA' }, 'localhost', strangers],
    [
      'under another name',
      { DATABASE_SSL_MODE: 'VERIFY_IDENTITY', DATABASE_SSL_CA: ca },
      '127.0.0.1',
      'has a certificate for other hosts than the one in its address (VERIFY_IDENTITY)',
    ],
  ])('say so to a client %s', async (_, tls, host, words) => {
    const variables: Record<string, string> = { ...environment(host), ...tls };
    const health = await run(bundled('health'), variables);
    expect(health.code).toBe(2);
    for (const name of ['source', 'replica-1', 'backup']) {
      expect(health.output).toMatch(new RegExp(`^${name} .* ${literally(words)}$`, 'm'));
    }
    const status = await run(bundled('cluster', 'status'), variables);
    expect(status.output).toContain(words);
    const start = await run(loaded('src/main.ts'), { ...variables, PORT: '0' });
    expect(start.code).toBe(2);
    expect(start.output).toContain(`MIGRATION_URL: The database server at ${host}:`);
    expect(start.output).toContain(words.replace('refused the account', 'refuses the user or the password'));
    for (const { output } of [health, status, start]) expect(output).not.toMatch(/^ +at |hunter2/m);
  });

  it('are named with what is the matter by an API that starts without them', async () => {
    const variables = { ...environment(), DATABASE_SSL_CA: anotherCa, MIGRATION_URL: '', PORT: '0' };
    const api = startNodeProcess(loaded('src/main.ts'), variables);
    try {
      for (const name of ['source', 'replica-1', 'backup']) {
        const line = new RegExp(`"node":"${name}".*"trouble":"${literally(strangers)}"`);
        await expect.poll(() => api.output().join('\n'), { timeout: 15_000 }).toMatch(line);
      }
    } finally {
      await api.stop();
    }
  });

  it('go on to replicate encrypted when another one becomes the source', async () => {
    const { code, output } = await run(bundled('cluster', 'switchover', 'replica-1', '--yes'), {
      ...environment(),
      ...secured,
    });
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('replica-1 is the source') });
    const url = `${cluster.adminUrl('source')}?ssl-ca=${encodeURIComponent(certificates.ca)}`;
    const admin = await openDirectConnection(url);
    const [row = {}] = await admin.query<Record<string, unknown>[]>(
      mariadb ? 'SHOW SLAVE STATUS' : 'SHOW REPLICA STATUS',
    );
    await admin.end();
    expect(
      mariadb ? [row.Master_SSL_Allowed, row.Slave_IO_Running] : [row.Source_SSL_Allowed, row.Replica_IO_Running],
    ).toEqual(['Yes', 'Yes']);
  });
});
