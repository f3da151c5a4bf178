/**
 * A server that the command line names. What stands there can be read by everybody on the machine for as long as the command
 * runs, and stays in the history of the shell: so a URL with a password has two other ways in.
 *
 *   env:NAME     the environment variable NAME holds it
 *   file:PATH    the file PATH does, which nobody but its owner may read
 */
import { readFileSync, statSync } from 'node:fs';
import { ConfigError } from '../config/config-fault.ts';
import { readTlsDefaults } from '../config/database/tls-defaults.ts';
import { type Environment, processEnvironment, withoutBlanks } from '../config/environment.ts';
import { serverAt, urlOf } from '../servers/server-url.ts';
import { UsageError } from './usage-error.ts';

export const givenUrlUsage = 'env:NAME or file:PATH in place of a URL keep its password out of the list of processes';

type Surroundings = { readonly environment?: Environment; readonly warn?: (text: string) => void };

/**
 * The URL of the server, with TLS as the environment says where it says nothing itself. `option` is where it was named. Throws
 * `UsageError` or `ConfigError`.
 */
export function givenUrl(option: string, text: string, surroundings: Surroundings = {}): string {
  const { environment = processEnvironment(), warn = warnOnStandardError } = surroundings;
  const { words: tls, faults } = readTlsDefaults(withoutBlanks(environment));
  if (faults.length > 0) throw new ConfigError(faults);
  const kept = keptUrl(option, text, environment);
  const server = serverAt(kept ?? text, { tls });
  if (typeof server === 'string') throw new UsageError(`The URL of ${option} ${server}`);
  if (kept === null && server.password !== '') {
    warn(`Everybody on this machine can read the password of ${option} while this runs: ${givenUrlUsage}`);
  }
  return urlOf(server);
}

/** `null` when the text is a URL itself. */
function keptUrl(option: string, text: string, environment: Environment): string | null {
  if (text.startsWith('env:')) {
    const name = text.slice('env:'.length);
    const url = environment[name]?.trim();
    if (!url) throw new UsageError(`${option} names the variable ${name}, which is not set`);
    return url;
  }
  if (text.startsWith('file:')) return fileOf(option, text.slice('file:'.length));
  return null;
}

function fileOf(option: string, path: string): string {
  try {
    const { mode } = statSync(path);
    if ((mode & 0o077) === 0) return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new UsageError(`${option} names the file ${path}, which cannot be read`, { cause });
  }
  throw new UsageError(`${option} names the file ${path}, which others may read: chmod 600 ${path}`);
}

function warnOnStandardError(text: string): void {
  process.stderr.write(`${text}\n`);
}
