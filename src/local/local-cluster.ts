import { type Clock, systemClock } from '../platform/clock.ts';
import { flavourNames } from '../servers/flavour-name.ts';
import { flavours } from '../servers/flavours.ts';
import type { LocalCluster, LocalClusterOptions } from './cluster-contract.ts';
import { readClusterFile, removeClusterFile } from './directory/cluster-file.ts';
import { type DirectoryLock, isLock, lockDirectory } from './directory/directory-lock.ts';
import { resolveDirectory } from './directory/resolve-directory.ts';
import { AlreadyRunningError, explainFileFault, UnsupportedTopologyError } from './local-errors.ts';
import { endLeftovers } from './processes/leftovers.ts';
import { RunningCluster } from './running-cluster.ts';

export type { LocalCluster, LocalClusterOptions };

/**
 * Starts real servers on this machine and sets up replication between them; resolves when all of them answer.
 * Throws `AlreadyRunningError` if another process owns this directory, `ServersMissingError` if there is no server
 * program to start, `ServerStartError` if one does not start, `UnsupportedTopologyError` if the kind has no groups.
 */
export async function startLocalCluster(options: LocalClusterOptions): Promise<LocalCluster> {
  const clock = options.clock ?? systemClock;
  if (options.topology === 'group' && !flavours[options.flavour].capabilities.groups) {
    const able = flavourNames.filter((name) => flavours[name].capabilities.groups).join(' and ');
    throw new UnsupportedTopologyError(`${options.flavour} has no replication groups; ${able} has`);
  }
  try {
    return await startExclusively({ ...options, clock });
  } catch (error) {
    throw explainFileFault(options.directory, error);
  }
}

async function startExclusively(options: LocalClusterOptions & { clock: Clock }): Promise<LocalCluster> {
  const { clock } = options;
  const directory = await resolveDirectory(options.directory);
  const lock = await lockDirectory(directory, clock);
  if (!isLock(lock)) {
    const state = await readClusterFile(directory);
    throw new AlreadyRunningError(directory, lock.pid, state?.cluster ?? null);
  }
  try {
    return await startLocked({ ...options, directory }, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function startLocked(
  options: LocalClusterOptions & { clock: Clock },
  lock: DirectoryLock,
): Promise<LocalCluster> {
  const { directory, clock, log } = options;
  await removeClusterFile(directory);
  await endLeftovers(directory, clock, log);
  const cluster = await RunningCluster.prepare(options, lock);
  try {
    await cluster.start();
    options.signal?.throwIfAborted();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
