import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findServerProcesses } from '../processes/server-processes.ts';
import { type ApiEntry, type ClusterFile, clusterFileSchema } from './cluster-file-schema.ts';
import { liveOwner } from './directory-lock.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { resolveDirectory } from './resolve-directory.ts';

export type { ApiEntry, ClusterFile };

/** `alive`: the names (including `redis` and `api`) whose pid still belongs to the process in the file. */
export type ClusterState = { readonly cluster: ClusterFile; readonly alive: ReadonlySet<string> };

const clusterFilePath = (directory: string) => join(directory, 'cluster.json');

/** What runs in a directory; null if nothing was started there since the last orderly stop. */
export async function readClusterFile(givenDirectory: string): Promise<ClusterState | null> {
  const directory = await resolveDirectory(givenDirectory);
  const cluster = await readJsonFile(clusterFilePath(directory), clusterFileSchema).catch(() => null);
  if (cluster === null) return null;
  const [servers, owner] = await Promise.all([findServerProcesses(directory), liveOwner(directory)]);
  const livePids = new Set(servers.map(({ pid }) => pid));
  const alive = new Set(cluster.nodes.filter(({ pid }) => livePids.has(pid)).map(({ name }) => name));
  if (cluster.redis && livePids.has(cluster.redis.pid)) alive.add('redis');
  if (cluster.api && owner?.pid === cluster.api.pid) alive.add('api');
  return { cluster, alive };
}

export async function writeClusterFile(directory: string, cluster: ClusterFile): Promise<void> {
  await writeJsonFile(clusterFilePath(directory), cluster);
}

export async function removeClusterFile(directory: string): Promise<void> {
  await rm(clusterFilePath(directory), { force: true });
}

/** Adds the API, and the payment provider beside it, to the file of the running cluster; does nothing if none runs. */
export async function recordApi(
  givenDirectory: string,
  api: ApiEntry,
  paymentsUrl: string | null = null,
): Promise<void> {
  const directory = await resolveDirectory(givenDirectory);
  const state = await readClusterFile(directory);
  if (state !== null) await writeClusterFile(directory, { ...state.cluster, api, paymentsUrl });
}

/** Records in the file of the running cluster which server is the source now; does nothing if none runs. */
export async function recordSource(givenDirectory: string, name: string): Promise<void> {
  const directory = await resolveDirectory(givenDirectory);
  const state = await readClusterFile(directory);
  if (state === null) return;
  const nodes = state.cluster.nodes.map((node) =>
    node.role === 'backup' ? node : { ...node, role: node.name === name ? ('source' as const) : ('replica' as const) },
  );
  await writeClusterFile(directory, { ...state.cluster, nodes });
}
