import type { Config } from '../config/config.ts';
import { type Environment, processEnvironment } from '../config/environment.ts';
import { configFromLocalCluster } from '../config/local-config.ts';
import { readConfig } from '../config/read-config.ts';
import { readClusterFile } from '../local/directory/cluster-file.ts';
import { loadSecrets } from '../local/directory/secrets.ts';
import { commandLine } from '../platform/command-line.ts';
import { UsageError } from './usage-error.ts';

/**
 * The configuration that an API process started here would have: the servers of the environment, else those of the local cluster.
 * Throws `ConfigError`, or `UsageError` if there is neither.
 */
export async function clusterConfig(environment: Environment = processEnvironment()): Promise<Config> {
  const read = readConfig(environment);
  if (read.mode === 'external') return read.config;
  const local = await localClusterConfig(read.directory, environment);
  if (local !== null) return local.config;
  throw new UsageError(
    `No local cluster runs in ${read.directory}. Start one with \`${commandLine('start')}\`, or configure servers: see .env.example`,
  );
}

/** The local cluster started in a directory; `alive` are the names of its running servers. */
export async function localClusterConfig(
  directory: string,
  environment: Environment,
): Promise<{ config: Config; alive: ReadonlySet<string> } | null> {
  const state = await readClusterFile(directory);
  if (state === null) return null;
  const config = configFromLocalCluster({ ...state.cluster, ...(await loadSecrets(directory)) }, environment);
  return { config, alive: state.alive };
}
