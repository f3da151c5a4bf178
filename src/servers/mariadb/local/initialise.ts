import { mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { firstExisting } from '../../../platform/existing-path.ts';
import { plainCommand, runCommand } from '../../../platform/run-command.ts';
import type { InitialiseRequest } from '../../local-servers.ts';

export const recipe: readonly string[] = [
  '--no-defaults',
  // Otherwise root could log in without a password, from this host's name and address too.
  '--auth-root-authentication-method=socket',
  '--auth-root-socket-user=root',
  '--skip-test-db',
  '--innodb-log-file-size=64M',
];

/** MariaDB brings a shell script for it. Paths with blanks come apart there, so it sees links from a folder without any. */
export async function initialise({ binary, dataDirectory, asRoot, signal }: InitialiseRequest): Promise<void> {
  const base = binary.unpackedUsr ?? dirname(dirname(await realpath(binary.command.path)));
  const folder = await mkdtemp(join(/\s/.test(tmpdir()) ? '/tmp' : tmpdir(), 'tidemark-links-'));
  try {
    const [baseLink, dataLink] = [join(folder, 'base'), join(folder, 'data')];
    await symlink(base, baseLink);
    await symlink(dataDirectory, dataLink);
    const places = ['bin', 'scripts'].map((name) => join(baseLink, name, 'mariadb-install-db'));
    // A server of this machine knows its own places; a script in `scripts` comes from an archive and does not.
    const script = (await firstExisting(places)) ?? 'mariadb-install-db';
    const namesBase = binary.unpackedUsr !== null || script.startsWith(join(baseLink, 'scripts'));
    const args = [
      ...recipe,
      `--datadir=${dataLink}`,
      ...(namesBase ? [`--basedir=${baseLink}`] : []),
      ...(asRoot ? ['--user=root'] : []),
    ];
    const command = binary.unpackedUsr === null ? plainCommand(script) : { ...binary.command, path: script };
    // A server that starts removes the temporary tables that it finds, also those of another server.
    const variables = { ...command.variables, TMPDIR: folder };
    await runCommand({ ...command, variables }, args, { signal });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
