import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { exists } from '../../platform/existing-path.ts';
import { AlreadyRunningError, explainFileFault } from '../local-errors.ts';
import { endLeftovers } from '../processes/leftovers.ts';
import { type ServerFlavour, topologies } from '../server-flavour.ts';
import { readClusterFile, removeClusterFile } from './cluster-file.ts';
import { isLock, lockDirectory } from './directory-lock.ts';
import { dataFolder } from './flavour-state.ts';
import { resolveDirectory } from './resolve-directory.ts';
import { secretsPath } from './secrets.ts';

export type ResetOptions = {
  directory: string;
  /** Deletes only this flavour's data; null: everything. */
  flavour: ServerFlavour | null;
  /** Also deletes the unpacked server programs. */
  servers: boolean;
  log: (line: string) => void;
  clock?: Clock;
};

/**
 * Deletes the data of a local cluster, and with all of it its keys and passwords. Returns the paths that were removed.
 * Throws `AlreadyRunningError` while the cluster runs. Touches nothing that the cluster did not create.
 */
export async function resetLocalCluster(options: ResetOptions): Promise<string[]> {
  try {
    return await resetExclusively(options);
  } catch (error) {
    throw explainFileFault(options.directory, error);
  }
}

async function resetExclusively(options: ResetOptions): Promise<string[]> {
  const { flavour, servers, log, clock = systemClock } = options;
  const directory = await resolveDirectory(options.directory);
  const lock = await lockDirectory(directory, clock);
  if (!isLock(lock)) {
    const state = await readClusterFile(directory);
    throw new AlreadyRunningError(directory, lock.pid, state?.cluster ?? null);
  }
  try {
    await removeClusterFile(directory);
    await endLeftovers(directory, clock, log);
    const data =
      flavour === null
        ? [join(directory, 'data'), join(directory, 'logs'), secretsPath(directory)]
        : topologies.map((topology) => dataFolder(directory, flavour, topology));
    return await removeAll(servers ? [...data, join(directory, 'servers')] : data);
  } finally {
    await lock.release();
  }
}

async function removeAll(paths: readonly string[]): Promise<string[]> {
  const removed: string[] = [];
  for (const path of paths) {
    if (!(await exists(path))) continue;
    await rm(path, { recursive: true, force: true });
    removed.push(path);
  }
  return removed;
}
