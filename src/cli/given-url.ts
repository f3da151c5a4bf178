/**
 * A server given on the command line. Arguments are visible to all users of the machine while the command runs, and stay in the
 * shell's history. So a URL with a password can be given in two other ways:
 *
 *   env:NAME     in the environment variable NAME
 *   file:PATH    in the file PATH, which only its owner may read
 */
import { readFileSync, statSync } from 'node:fs';
import { ConfigError } from '../config/config-fault.ts';
import { readTlsDefaults } from '../config/database/tls-defaults.ts';
import { type Environment, processEnvironment, withoutBlanks } from '../config/environment.ts';
import { serverAt, urlOf } from '../servers/server-url.ts';
import { UsageError } from './usage-error.ts';

export const givenUrlUsage = 'env:NAME or file:PATH instead of a URL keep its password out of the process list';

type Surroundings = { readonly environment?: Environment; readonly warn?: (text: string) => void };

/**
 * The URL of the server, with TLS settings of the environment unless it has its own. `option` is where it was given. Throws
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
    warn(`The password of ${option} is visible to all users of this machine while this runs: ${givenUrlUsage}`);
  }
  return urlOf(server);
}

/** `null` if the text is a URL itself. */
function keptUrl(option: string, text: string, environment: Environment): string | null {
  if (text.startsWith('env:')) {
    const name = text.slice('env:'.length);
    const url = environment[name]?.trim();
    if (!url) throw new UsageError(`${option} names the variable ${name}, which is not set`);
    return url;
  }
  if (text.startsWith('file:')) return readUrlFile(option, text.slice('file:'.length));
  return null;
}

function readUrlFile(option: string, path: string): string {
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
