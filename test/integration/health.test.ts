import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterHealth, NodeHealth } from '../../src/cluster/cluster-health.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { environmentFor } from '../consistency/api-process.ts';
import { migrateOrders } from '../support/engine.ts';
import { ask, startApi, type TestApi } from '../support/in-process-api.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

let cluster: TestCluster;
let api: TestApi;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  cluster = await startTestCluster({ replicas: 2, backup: true });
  await migrateOrders(cluster);
  api = await startApi(environmentFor(cluster));
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await api.stop();
  await cluster.stop();
});

/** `npm run health` without npm. A slow machine must not look like a slow server. */
function health(...argv: string[]) {
  const child = spawn(process.execPath, ['src/bundled.mjs', 'src/cli/health.ts', '--timeout', '3000', ...argv], {
    env: { PATH: process.env.PATH ?? '', ...environmentFor(cluster) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    text += String(chunk);
  });
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  void exited.then(() => children.delete(child));
  return { child, exited, output: () => text };
}

type Printed = ClusterHealth & {
  readonly exitCode: number | null;
  readonly node: (name: string) => NodeHealth | undefined;
};

async function probe(...argv: string[]): Promise<Printed> {
  const { exited, output } = health('--json', ...argv);
  const exitCode = await exited;
  const seen: ClusterHealth = JSON.parse(output());
  return { ...seen, exitCode, node: (name) => seen.nodes.find((node) => node.name === name) };
}

/** Asks until the answer is as wanted; says what it was when that does not come. */
async function eventually<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  const deadlineMs = systemClock.monotonic() + 30_000;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (systemClock.monotonic() > deadlineMs) throw new Error(`still ${JSON.stringify(answer)}`);
    await systemClock.sleep(50);
  }
}

const http = async (path: string) => {
  const response = await fetch(new URL(path, api.url));
  return { status: response.status, body: await response.json() };
};
const untilHttp = (path: string, status: number) =>
  eventually(
    () => http(path),
    (answer) => answer.status === status,
  );

const clusterQuery =
  '{ cluster { verdict epoch source reads writes nodes { name role state trouble position lagMs lagTransactions applier ageMs } } }';

describe('with all servers well', () => {
  it('the command shows a line for each, and ends with 0', async () => {
    const { exited, output } = health();
    expect(await exited).toBe(0);
    const lines = output().trim().split('\n');
    expect(lines[0]).toMatch(/^NODE +ROLE +STATE +POSITION +LAG +BEHIND +APPLIER +TROUBLE$/);
    expect(lines[1]).toMatch(/^source +SOURCE +HEALTHY +\S+ +- +- +- +-$/);
    // A write of the API's own may be on its way to a replica: the figures are not for a test to know.
    expect(lines[2]).toMatch(/^replica-1 +REPLICA +HEALTHY +\S+ +[\d.]+ s +\d+ +RUNNING +-$/);
    expect(lines[4]).toMatch(/^backup +BACKUP +HEALTHY +\S+ +- +- +- +-$/);
    expect(lines.at(-1)).toBe('HEALTHY  reads: yes  writes: yes, on source');
  });

  it('the API is ready and says how each node is', async () => {
    for (const path of ['/livez', '/readyz', '/readyz/read', '/readyz/write', '/health/source', '/health/backup']) {
      expect((await http(path)).status, path).toBe(200);
    }
    const { body } = await untilHttp('/health/replica-1', 200);
    expect(body).toMatchObject({ name: 'replica-1', state: 'HEALTHY', role: 'REPLICA', applier: 'RUNNING' });
    expect(JSON.stringify(body)).not.toContain(String(cluster.node('replica-1').port));
  });

  it('a query for the cluster says the same, and is sent to no server', async () => {
    // A write of the API's own, such as one that clears old keys away, may be on its way to the replicas.
    const { data, errors, consistency } = await eventually(
      () => ask(api, clusterQuery),
      ({ data }) => {
        const { verdict, nodes } = data.cluster;
        return verdict === 'HEALTHY' && nodes[1].lagTransactions === 0 && nodes[1].lagMs === 0;
      },
    );
    expect(errors).toEqual([]);
    expect(consistency).toBeUndefined();
    expect(data.cluster).toMatchObject({ verdict: 'HEALTHY', epoch: 1, source: 'source', reads: true, writes: true });
    expect(data.cluster.nodes.map(({ name, role }: NodeHealth) => `${name} ${role}`)).toEqual([
      'source SOURCE',
      'replica-1 REPLICA',
      'replica-2 REPLICA',
      'backup BACKUP',
    ]);
    expect(data.cluster.nodes[1]).toMatchObject({
      state: 'HEALTHY',
      trouble: null,
      position: expect.any(String),
      lagMs: 0,
      lagTransactions: 0,
      applier: 'RUNNING',
    });
    const mixed = await ask(api, '{ cluster { source } orderCounts { total } }');
    expect(mixed.data).toEqual({ cluster: { source: 'source' }, orderCounts: { total: 0 } });
    expect(mixed.consistency?.servedBy).not.toBeNull();
  });

  it('an unknown name is not probed, and exits with 3', async () => {
    const { exited, output } = health('nobody');
    expect(await exited).toBe(3);
    expect(output()).toBe('No node is called nobody. There are: source, replica-1, replica-2, backup\n');
  });
});

describe('a replica that stops applying', () => {
  it('is degraded, by name and reason', async () => {
    await cluster.stopApplier('replica-1');
    const seen = await probe();
    expect(seen).toMatchObject({ exitCode: 1, verdict: 'DEGRADED', reads: true, writes: true });
    expect(seen.node('replica-1')).toMatchObject({
      state: 'DEGRADED',
      role: 'REPLICA',
      applier: 'STOPPED',
      lagMs: null,
      trouble: 'has stopped applying',
    });
    const { body } = await eventually(
      () => http('/health/replica-1'),
      ({ body }) => body.state === 'DEGRADED',
    );
    expect(body.trouble).toBe('has stopped applying');
    expect((await probe('replica-1')).exitCode).toBe(1);
    expect((await probe('replica-2')).exitCode).toBe(0);
    await cluster.startApplier('replica-1');
    await eventually(probe, ({ verdict }) => verdict === 'HEALTHY');
  });
});

describe('a server that hangs', () => {
  it('is down within the probe timeout, and the others are shown', async () => {
    cluster.pause('replica-2');
    try {
      const seen = await probe();
      expect(seen.exitCode).toBe(1);
      expect(seen.node('replica-2')).toMatchObject({
        state: 'DOWN',
        role: null,
        position: null,
        lagMs: null,
        lagTransactions: null,
        applier: null,
        trouble: 'does not answer',
      });
      expect(seen.node('replica-1')?.state).toBe('HEALTHY');
      const { body } = await untilHttp('/health/replica-2', 503);
      expect(body).toMatchObject({ state: 'DOWN', role: null });
      expect((await http('/readyz')).body.nodes).toContain('replica-2 DOWN (does not answer)');
    } finally {
      cluster.resume('replica-2');
    }
    await untilHttp('/health/replica-2', 200);
  });
});

describe('watching', () => {
  it('goes on through a death and a return, never says anything else, and ends with what it saw last', async () => {
    const { child, exited, output } = health('--watch', '--json', '--interval', '0.2');
    const probes = (): ClusterHealth[] =>
      output()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line));
    const source = (health: ClusterHealth | undefined) => health?.nodes.find(({ name }) => name === 'source');
    const untilState = (state: string) =>
      eventually(
        async () => source(probes().at(-1))?.state,
        (now) => now === state,
      );
    await untilState('HEALTHY');
    await cluster.kill('source');
    await untilState('DOWN');
    await cluster.restart('source');
    await untilState('HEALTHY');
    const words = probes().map((probe) => {
      const { state, role, position, trouble } = source(probe) ?? {};
      return [state, role, position !== null, trouble, probe.writes].join(' ');
    });
    const allowed = [
      'HEALTHY SOURCE true  true',
      // A source that comes back takes no writes before it is sure that nobody else does.
      'DEGRADED REPLICA true is not a replica of any server false',
      'DOWN  false lost the connection false',
      'DOWN  false closed the connection false',
      'DOWN  false refused the connection false',
    ];
    expect(words.filter((word) => !allowed.includes(word))).toEqual([]);
    await eventually(
      async () => probes().at(-1)?.verdict,
      (verdict) => verdict === 'HEALTHY',
    );
    child.kill('SIGINT');
    expect(await exited).toBe(0);
  });
});

describe('a source that is gone', () => {
  it('is down for the command, leaves reads ready and writes not', async () => {
    await cluster.kill('source');
    const seen = await probe();
    expect(seen).toMatchObject({ exitCode: 2, verdict: 'DOWN', reads: true, writes: false, source: null });
    expect(seen.node('source')).toMatchObject({ state: 'DOWN', role: null, trouble: 'refused the connection' });
    expect(seen.node('replica-1')).toMatchObject({ state: 'HEALTHY', role: 'REPLICA', lagTransactions: null });
    expect((await untilHttp('/readyz/write', 503)).body.code).toBe('SOURCE_UNAVAILABLE');
    expect((await http('/readyz/read')).status).toBe(200);
    expect((await http('/readyz')).status).toBe(200);
    const { child, exited, output } = health('--watch');
    await eventually(
      async () => output(),
      (text) => text.includes('DOWN  reads: yes  writes: no'),
    );
    child.kill('SIGINT');
    expect(await exited).toBe(2);
  });
});

describe('when all servers are gone', () => {
  it('the process lives and says that it can do nothing', async () => {
    await Promise.all(['replica-1', 'replica-2', 'backup'].map((name) => cluster.kill(name)));
    const { body } = await untilHttp('/readyz', 503);
    expect(body).toMatchObject({ code: 'LIMITED_FUNCTIONALITY', reads: false, writes: false });
    expect((await http('/readyz/read')).status).toBe(503);
    expect((await http('/livez')).status).toBe(200);
    expect(await probe()).toMatchObject({ exitCode: 2, verdict: 'DOWN', reads: false, writes: false });
    const { data, errors } = await ask(api, clusterQuery);
    expect(errors).toEqual([]);
    expect(data.cluster).toMatchObject({ verdict: 'DOWN', epoch: 1, source: null, reads: false, writes: false });
    for (const node of data.cluster.nodes) {
      expect(node).toMatchObject({ state: 'DOWN', role: null, position: null, lagMs: null, applier: null });
      expect(node.trouble).toMatch(/connection|answer/);
    }
  });
});
