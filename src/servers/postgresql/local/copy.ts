/** Replaces a stopped server's data by a copy of the source's. */
import { chown, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { exists } from '../../../platform/existing-path.ts';
import { runCommand } from '../../../platform/run-command.ts';
import type { LocalFollow, LocalServer } from '../../local-servers.ts';
import { baseBackup } from './base-backup.ts';
import { programBeside } from './initialise.ts';
import { passwordFile } from './start-files.ts';

/** The old data is there until the copy is complete. */
export async function copyFrom(server: LocalServer, request: LocalFollow): Promise<void> {
  const { dataDirectory, program } = server;
  const work = await mkdtemp(join(dirname(dataDirectory), `.${basename(dataDirectory)}-`));
  try {
    const draft = join(work, 'draft');
    await mkdir(draft, { mode: 0o700 });
    const { user } = program.command;
    if (user !== undefined) for (const folder of [work, draft]) await chown(folder, user.uid, user.gid);
    const copier = await programBeside(program, 'pg_basebackup');
    if (await exists(copier.path)) {
      const { source, account } = request;
      const variables = { ...copier.variables, PGPASSFILE: join(dataDirectory, passwordFile) };
      const address = [`--host=${source.host}`, `--port=${source.port}`, `--username=${account.user}`];
      const how = ['--no-password', '--checkpoint=fast', '--wal-method=stream', '--no-sync'];
      await runCommand({ ...copier, variables }, [`--pgdata=${draft}`, ...address, ...how], { cwd: draft });
    } else {
      await baseBackup(request, draft);
    }
    await rename(dataDirectory, join(work, 'replaced'));
    await rename(draft, dataDirectory);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
