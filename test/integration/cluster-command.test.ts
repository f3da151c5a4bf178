import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentFor } from '../consistency/api-process.ts';
import { migrateOrders } from '../support/engine.ts';
import { startTestCluster, type TestCluster, testFlavour } from '../support/test-cluster.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startTestCluster({ redis: true });
  await migrateOrders(cluster);
});
afterAll(() => cluster?.stop());

type Ended = { readonly code: number; readonly output: string };

/** As a person at a terminal or a scheduler runs it. */
function command(...args: readonly string[]): Promise<Ended> {
  const { replication } = cluster.cluster.credentials;
  const { PATH = '', HOME = '' } = process.env;
  const env = {
    PATH,
    HOME,
    ...environmentFor(cluster),
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

  it('ends with 2 when nobody is there to be asked', async () => {
    const { code, output } = await command('switchover', 'replica-1');
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining('say --yes') });
  });

  it('promotes once when several schedulers find the source gone, and says each step', async () => {
    await cluster.kill('source');
    const ends = await Promise.all([1, 2, 3].map(() => command('promote', '--if-source-down', '--yes')));
    const promoted = ends.filter(({ output }) => output.includes('is the source. It took'));
    expect(promoted).toHaveLength(1);
    expect(promoted[0]?.output).toMatch(/done {2}replica-\d records that epoch 2 begins/);
    expect(promoted[0]?.code).toBe(0);
    const [now] = await admin(promoted[0]?.output.includes('replica-1 is the source') ? 'replica-1' : 'replica-2');
    expect(Number(now?.epochs)).toBe(2);
  });

  it('does not promote again within the quiet time', async () => {
    const status = JSON.parse((await command('status', '--json')).output);
    await cluster.kill(status.source);
    await cluster.cluster.startNode('source');
    const unasked = () => command('promote', '--if-source-down', '--yes');
    await expect.poll(async () => (await unasked()).output, { timeout: 30_000 }).toContain('too soon');
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
