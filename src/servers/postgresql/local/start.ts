/** Starts a server as a standby, which refuses writes, until it is made to lead; the backup as a primary of its own. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../../../platform/existing-path.ts';
import type { Launch, LaunchRequest } from '../../local-servers.ts';
import { hosts, leadFile, passwordFile, passwords, settings, standbyFile } from './start-files.ts';

/**
 * A primary that starts as one writes to its log at once, if only that it has started, and then its history is another one than
 * that of a standby promoted meanwhile. A standby writes nothing, and can be asked where it stands.
 */
export async function launch({ dataDirectory, role, ...request }: LaunchRequest): Promise<Launch> {
  const shared = await readFile(new URL('server.cnf', import.meta.url), 'utf8');
  const write = (name: string, text: string) => writeFile(join(dataDirectory, name), text, { mode: 0o600 });
  await write('postgresql.conf', settings(shared, request));
  await write('pg_hba.conf', hosts(request));
  // A standby reads it whenever it connects: it has to stay.
  await write(passwordFile, passwords(request));
  const leads = role === 'backup' || (await exists(join(dataDirectory, leadFile)));
  if (leads) await rm(join(dataDirectory, standbyFile), { force: true });
  else await write(standbyFile, '');
  await rm(join(dataDirectory, leadFile), { force: true });
  return { args: ['-D', dataDirectory], secretFiles: [] };
}
