import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { systemClock } from '../../src/platform/clock.ts';
import { sourceOf } from '../support/engine.ts';
import { type NodeProcessOptions, startNodeProcess } from '../support/node-process.ts';
import type { TestCluster } from '../support/test-cluster.ts';
import type { Endpoint } from './orders-api.ts';

const startTimeoutMs = 60_000;

export type ApiProcess = Endpoint & {
  readonly pid: number;
  /** The last lines that it printed. */
  output(): readonly string[];
  stop(): Promise<void>;
};

export type ApiStart = NodeProcessOptions & {
  /** What Node is told: the sources of the API unless something else is to run. */
  readonly node?: readonly string[];
  /** `livez` where it answers and cannot serve yet. */
  readonly until?: 'livez' | 'readyz';
  /** Goes over what the cluster says. */
  readonly environment?: Readonly<Record<string, string>>;
};

/** Starts the API as operators do, as a process of its own, and resolves when it is ready to serve. */
export async function startApiProcess(
  cluster: TestCluster,
  { node = ['--import', 'tsx', 'src/main.ts'], environment = {}, until = 'readyz', ...process }: ApiStart = {},
): Promise<ApiProcess> {
  const port = await freePort();
  const told = { ...environmentFor(cluster), ...environment, PORT: String(port) };
  const { child, pid, output, stop } = startNodeProcess(node, told, process);
  const base = `http://127.0.0.1:${port}`;
  try {
    await untilReady(child, `${base}/${until}`);
  } catch (error) {
    await stop();
    throw new Error(`the API did not start:\n${output().join('\n')}`, { cause: error });
  }
  return { url: `${base}/graphql`, pid, output, stop };
}

/** What an API process of this cluster is told. */
export function environmentFor(cluster: TestCluster): Record<string, string> {
  const { source, replicas, backup } = cluster.urls();
  return {
    NODE_ENV: 'test',
    LOG_LEVEL: 'warn',
    LOG_FORMAT: 'json',
    SOURCE_URL: source,
    REPLICA_URLS: replicas.join(','),
    ...(backup !== null && { BACKUP_URL: backup }),
    MIGRATION_URL: cluster.adminUrl(sourceOf(cluster)),
    CLUSTER_ID: cluster.cluster.id,
    TOKEN_KEYS: cluster.cluster.tokenKeys.map(({ id, secret }) => `${id}:${secret}`).join(','),
  };
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const deadlineMs = systemClock.monotonic() + startTimeoutMs;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const ready = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    if (systemClock.monotonic() > deadlineMs) throw new Error(`not ready within ${startTimeoutMs} ms`);
    await systemClock.sleep(100);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
