import { type Environment, processEnvironment } from '../config/environment.ts';
import { readConfig } from '../config/read-config.ts';
import { commandLine } from '../platform/command-line.ts';
import { exampleUrl, urlOf } from '../servers/server-url.ts';
import { localClusterConfig } from './cluster-config.ts';
import { givenUrl } from './given-url.ts';
import { UsageError } from './usage-error.ts';

/** As `sourceUrl`, and whether it has a backup. For a database given by `--url` that is unknown, so it is assumed. */
export async function mirroredSourceUrl(
  given: string | undefined,
): Promise<{ readonly url: string; readonly mirrored: boolean }> {
  const url = await sourceUrl(given);
  if (given !== undefined) return { url, mirrored: true };
  const { cluster } = await readServedConfig(processEnvironment());
  return { url, mirrored: cluster.nodes.some(({ role }) => role === 'backup') };
}

/**
 * The database that a command works on: given by its option, else MIGRATION_URL, else the source of the environment, else the
 * source of the running local cluster. Throws `UsageError` or `ConfigError`.
 */
export async function sourceUrl(given: string | undefined, option = '--url'): Promise<string> {
  if (given !== undefined) return givenUrl(option, given);
  const config = await readServedConfig(processEnvironment());
  if (config.cluster.migrationUrl !== null) return config.cluster.migrationUrl;
  const source = config.cluster.nodes.find(({ role }) => role === 'source');
  if (source === undefined) throw new UsageError('No source is configured. Pass --url');
  return urlOf(source);
}

/** For the backup, likewise: BACKUP_MIGRATION_URL, else the configured backup; `null` without one. */
export async function backupUrl(): Promise<string | null> {
  const { cluster } = await readServedConfig(processEnvironment());
  const backup = cluster.nodes.find(({ role }) => role === 'backup');
  if (backup === undefined) return null;
  return cluster.backupMigrationUrl ?? urlOf(backup);
}

async function readServedConfig(variables: Environment) {
  const read = readConfig(variables);
  return read.mode === 'external' ? read.config : localConfig(read.directory, variables);
}

async function localConfig(directory: string, environment: Environment) {
  const local = await localClusterConfig(directory, environment);
  const source = local?.config.cluster.nodes.find(({ role }) => role === 'source');
  if (local === null || source === undefined || !local.alive.has(source.name)) {
    throw new UsageError(
      `No local cluster runs in ${directory}. Start one with \`${commandLine('start')}\`, or pass --url ${exampleUrl()}`,
    );
  }
  return local.config;
}
