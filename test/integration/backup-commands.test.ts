import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { environmentFor } from '../consistency/api-process.ts';
import { ask, startApi } from '../support/in-process-api.ts';
import { eventually, MirroredOrders } from '../support/mirrored-orders.ts';

let orders: MirroredOrders;
const ids = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
const children = new Set<ChildProcess>();

beforeAll(async () => {
  orders = await MirroredOrders.start();
});
afterAll(() => orders?.stop());
beforeEach(() => orders.clear());
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

/** As npm would run it, against the servers of the test. */
function start(script: string, ...argv: string[]) {
  return startWith({}, script, ...argv);
}
function startWith(settings: Readonly<Record<string, string>>, script: string, ...argv: string[]) {
  const { source, backup } = orders.cluster.urls();
  const child = spawn(process.execPath, ['--import', 'tsx', `src/cli/${script}.ts`, ...argv], {
    env: {
      PATH: process.env.PATH ?? '',
      SOURCE_URL: source,
      BACKUP_URL: backup ?? '',
      MIGRATION_URL: orders.cluster.adminUrl('source'),
      BACKUP_MIGRATION_URL: orders.cluster.adminUrl('backup'),
      LOG_FORMAT: 'json',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, exited, output: () => output };
}
async function backup(...argv: string[]) {
  const { exited, output } = start('backup', ...argv);
  const exitCode = await exited;
  return { exitCode, output: output() };
}

describe('a mirror in a process of its own', () => {
  it('carries orders to the backup, and ends in good order when asked to', async () => {
    const { child, exited, output } = start('mirror');
    await orders.create(ids(1, 30));
    await orders.settled();
    expect(await orders.contents('backup')).toEqual(await orders.contents('source'));
    await eventually(() => output().includes('MIRROR_CAUGHT_UP'));
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  });

  it('killed in the middle, leaves nothing that its successor does not finish', async () => {
    const first = start('mirror');
    await eventually(() => first.output().includes('mirroring'));
    await orders.on('backup', async (lock) => {
      // The worker comes as far as this record, and waits.
      await lock.beginTransaction();
      await lock.query("INSERT INTO mirror_checkpoints VALUES ('Order', '1500', 1, 0, NOW(3))");
      for (const from of ids(0, 4)) await orders.create(ids(from * 400 + 1, 400));
      await eventually(async () => (await orders.depth()).waiting < 1600);
      first.child.kill('SIGKILL');
      await first.exited;
      await lock.rollback();
    });
    expect((await orders.depth()).waiting).toBeGreaterThan(0);
    const second = start('mirror');
    await orders.settled();
    expect(await orders.contents('backup')).toEqual(await orders.contents('source'));
    second.child.kill('SIGTERM');
    expect(await second.exited).toBe(0);
  });
});

describe('a mirror that is watched', () => {
  it('answers whether it can do its work, and counts what it found to differ and made right', async () => {
    const { child, exited, output } = startWith({ MIRROR_PORT: '0', MIRROR_COMPARE_INTERVAL_MS: '1' }, 'mirror');
    await eventually(() => output().includes('monitoring port is open'));
    const url = /"url":"([^"]+)"/.exec(output())?.[1] ?? '';
    const status = (path: string) => fetch(`${url}${path}`).then((response) => response.status);
    const mismatches = async () =>
      Number(
        /^tidemark_mirror_parity_mismatches_total\{database="orders"\} (\d+)/m.exec(
          await (await fetch(`${url}/metrics`)).text(),
        )?.[1],
      );
    await orders.create(ids(1, 10));
    await orders.settled();
    await eventually(async () => (await status('/readyz')) === 200);
    expect(await mismatches()).toBe(0);
    expect([await status('/livez'), await status('/orders')]).toEqual([200, 404]);
    // Past the outbox, on either side.
    await orders.on('backup', (connection) => connection.query("UPDATE orders SET status = 'PAID' WHERE id = 2"));
    await orders.change([3], ["UPDATE orders SET status = 'PAID' WHERE id = 3"], { told: false });
    await eventually(
      async () => JSON.stringify(await orders.contents('backup')) === JSON.stringify(await orders.contents('source')),
    );
    await eventually(async () => (await mismatches()) === 2);
    await orders.cluster.kill('backup');
    await eventually(async () => (await status('/readyz')) === 503);
    expect(await status('/livez')).toBe(200);
    await orders.cluster.restart('backup');
    await eventually(async () => (await status('/readyz')) === 200);
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  });
});

describe('an API process', () => {
  const query = '{ cluster { mirror { state waiting parked oldestAgeMs lastComparedAt mismatches } } }';
  const told = async (
    settings: Readonly<Record<string, string>>,
    wanted: (mirror: Record<string, unknown>) => boolean,
  ) => {
    const api = await startApi({
      ...environmentFor(orders.cluster),
      BACKUP_MIGRATION_URL: orders.cluster.adminUrl('backup'),
      ...settings,
    });
    try {
      let seen: Record<string, unknown> = {};
      await eventually(async () => {
        seen = (await ask(api, query)).data.cluster.mirror;
        return wanted(seen);
      });
      return seen;
    } finally {
      await api.stop();
    }
  };

  it('that feeds the backup reports its progress and what it compared', async () => {
    await orders.create(ids(1, 5));
    const seen = await told(
      { MIRROR_COMPARE_INTERVAL_MS: '1' },
      ({ lastComparedAt, waiting }) => lastComparedAt !== null && waiting === 0,
    );
    expect(seen).toMatchObject({ state: 'CAUGHT_UP', waiting: 0, parked: 0, oldestAgeMs: null, mismatches: 0 });
  });

  it('that leaves it to another one tells what waits', async () => {
    await orders.create(ids(1, 5));
    const seen = await told({ MIRROR_WORKER: 'off' }, ({ waiting }) => waiting === 5);
    expect(seen).toMatchObject({ parked: 0, lastComparedAt: null, mismatches: null });
    expect(seen.oldestAgeMs).toBeGreaterThanOrEqual(0);
  });
});

describe('the command', () => {
  beforeEach(() => orders.create(ids(1, 10)));

  it('says how far the backup is, and what was given up', async () => {
    await orders.on('source', (connection) =>
      connection.query("UPDATE outbox SET parked_at = NOW(3), reason = 'too long' WHERE record_key = '4'"),
    );
    const told = await backup('status');
    expect(told).toMatchObject({ exitCode: 1, output: expect.stringContaining('Order 4: too long') });
    expect(await backup('replay-parked')).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('1 parked record will be retried'),
    });
    await orders.mirroring(() => orders.settled());
    const { exitCode, output } = await backup('status', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ source: 'source', outbox: { waiting: 0, parked: 0 }, parked: [] });
  });

  it('verifies and repairs', async () => {
    await orders.mirroring(() => orders.settled());
    expect(await backup('verify')).toEqual({ exitCode: 0, output: 'Equal: 10 records.\n' });
    await orders.on('backup', (connection) => connection.query("UPDATE orders SET status = 'PAID' WHERE id = 2"));
    expect(await backup('verify')).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('Order 2 different: status\n'),
    });
    expect(await backup('repair')).toMatchObject({ exitCode: 0, output: expect.stringContaining('repaired') });
    expect(await backup('verify')).toMatchObject({ exitCode: 0 });
  });

  it('cannot tell while a side is away, or what is asked makes no sense', async () => {
    await orders.cluster.kill('backup');
    expect(await backup('verify')).toMatchObject({
      exitCode: 2,
      output: expect.stringContaining('backup refused the connection'),
    });
    expect(await backup('status')).toMatchObject({ exitCode: 2, output: expect.stringContaining('waiting  10') });
    await orders.cluster.restart('backup');
    expect(await backup('verify', '--yes')).toMatchObject({ exitCode: 2 });
    expect(await backup('vrify')).toMatchObject({ exitCode: 2 });
  });

  it('restores an empty database byte for byte, as a new history, and again only where told to', async () => {
    await orders.mirroring(() => orders.settled());
    const before = await orders.contents('source');
    await orders.on('source', (connection) => connection.query('CREATE DATABASE IF NOT EXISTS restored'));
    const into = Object.assign(new URL(orders.cluster.adminUrl('source')), { pathname: '/restored' }).href;
    const read = () =>
      orders.on('source', async (connection) => {
        const select = (sql: string) => connection.query({ sql, dateStrings: true, bigIntAsNumber: true });
        return [
          await select('SELECT * FROM restored.orders ORDER BY id'),
          await select('SELECT * FROM restored.order_items ORDER BY order_id, line'),
        ];
      });
    expect(await backup('restore', '--into', into)).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('10 had to be copied'),
    });
    expect(await read()).toEqual(before);
    const epochs = await orders.on('source', (connection) =>
      connection.query('SELECT epoch FROM restored.cluster_epochs ORDER BY epoch'),
    );
    expect(epochs).toEqual([{ epoch: 1 }, { epoch: 2 }]);
    await orders.on('source', (connection) =>
      connection.query("UPDATE restored.orders SET status = 'PAID' WHERE id < 3"),
    );
    expect(await backup('restore', '--into', into)).toMatchObject({
      exitCode: 2,
      output: expect.stringContaining('10 records already'),
    });
    expect(await backup('restore', '--into', into, '--yes')).toMatchObject({ exitCode: 0 });
    expect(await read()).toEqual(before);
  });
});

describe('npm run migrate', () => {
  async function migrate(settings: Readonly<Record<string, string>>, ...argv: string[]) {
    const { exited, output } = startWith(settings, 'migrate', ...argv);
    return { exitCode: await exited, output: output() };
  }

  it('brings the backup up to date as well as the source, and tells of both', async () => {
    await orders.on('backup', (connection) => connection.query('CREATE DATABASE empty_backup'));
    const url = Object.assign(new URL(orders.cluster.adminUrl('backup')), { pathname: '/empty_backup' }).href;
    const environment = { BACKUP_MIGRATION_URL: url };
    const before = await migrate(environment, '--status');
    expect(before).toEqual({
      exitCode: 1,
      output: expect.stringMatching(/^source {2}applied [\s\S]*^backup {2}pending /m),
    });
    expect(await migrate(environment, '--only', 'source')).toEqual({
      exitCode: 0,
      output: 'source: up to date, nothing to apply.\n',
    });
    expect(await migrate(environment)).toEqual({
      exitCode: 0,
      output: expect.stringMatching(/^source: up to date, nothing to apply\.$[\s\S]*^backup: applied \d+_mirror$/m),
    });
    expect(await migrate(environment, '--only', 'backup', '--status')).toMatchObject({ exitCode: 0 });
    expect(await migrate(environment, '--only', 'both')).toMatchObject({ exitCode: 2 });
  });

  it('migrates the source although the backup is away, and says so', async () => {
    const { exitCode, output } = await migrate({ BACKUP_MIGRATION_URL: 'mysql://nobody:secret@127.0.0.1:1/orders' });
    expect(exitCode).toBe(1);
    expect(output).toContain('source: up to date, nothing to apply.');
    expect(output).toContain('backup: The database server at 127.0.0.1:1 refuses connections');
  });
});
