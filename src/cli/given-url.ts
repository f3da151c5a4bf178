import { ConfigError, processEnvironment } from '../config.ts';
import { withoutBlanks } from '../config-environment.ts';
import { readTlsDefaults } from '../config-tls.ts';
import { serverAt, urlOf } from '../platform/server-url.ts';
import { UsageError } from './arguments.ts';

/**
 * A server that the command line names, with TLS as the environment says where the URL says nothing. `option` is where it was
 * named. Throws `UsageError` or `ConfigError`.
 */
export function givenUrl(option: string, text: string, environment = processEnvironment()): string {
  const { words: tls, faults } = readTlsDefaults(withoutBlanks(environment));
  if (faults.length > 0) throw new ConfigError(faults);
  const server = serverAt(text, { tls });
  if (typeof server === 'string') throw new UsageError(`The URL of ${option} ${server}`);
  return urlOf(server);
}
