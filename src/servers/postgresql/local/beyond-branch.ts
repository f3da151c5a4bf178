/**
 * A primary that was killed has written records that no standby received: checkpoints, the list of running transactions. By its
 * position it is ahead of the history that a promoted standby began, and yet it may hold no transaction that is missing there.
 */
import { join } from 'node:path';
import { CommandFailedError, runCommand } from '../../../platform/run-command.ts';
import type { LocalServer } from '../../local-servers.ts';
import { rowsOf, textOf } from '../../rows.ts';
import { programBeside } from './initialise.ts';

/** False if unknown. */
export async function hasOnlyUpkeepBeyond(server: LocalServer, source: LocalServer): Promise<boolean> {
  const timeline = await server.use(async (connection) =>
    textOf(
      rowsOf(await connection.query('SELECT timeline_id::text AS timeline FROM pg_control_checkpoint()'))[0],
      'timeline',
    ),
  );
  const history = await source.use(async (connection) => {
    const answer = await connection.query(`SELECT pg_read_file('pg_wal/' || max(name)) AS history
      FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{8}[.]history$'`);
    return textOf(rowsOf(answer)[0], 'history');
  });
  const branch = branchIn(history, timeline);
  return branch !== null && isOnlyUpkeep(await recordsFrom(server, timeline, branch));
}

/** Where the history left a timeline, from the file that a promotion writes; `null` if it never was on that timeline. */
export function branchIn(history: string, timeline: string): string | null {
  for (const line of history.split('\n')) {
    const [, parent, lsn] = /^\s*(\d+)\s+([0-9A-F]+\/[0-9A-F]+)/i.exec(line) ?? [];
    if (parent === timeline && lsn !== undefined) return lsn;
  }
  return null;
}

/** What `pg_waldump` prints, which ends in an error at the end of the log; `null` if it cannot be run. */
async function recordsFrom(server: LocalServer, timeline: string, start: string): Promise<string | null> {
  const args = [`--path=${join(server.dataDirectory, 'pg_wal')}`, `--timeline=${timeline}`, `--start=${start}`];
  const program = await programBeside(server.program, 'pg_waldump');
  try {
    return await runCommand(program, args, { cwd: server.dataDirectory });
  } catch (error) {
    return error instanceof CommandFailedError ? error.output : null;
  }
}

/** The ways in which a log ends: there are zeros or an older record where the next one would be. */
const end =
  /invalid record length|incorrect prev-link|unexpected pageaddr|invalid magic number|incorrect resource manager data checksum|could not find a valid record/;

export function isOnlyUpkeep(dump: string | null): boolean {
  if (dump === null || !end.test(dump)) return false;
  return !/^rmgr: Transaction\b.* desc: (?:COMMIT|PREPARE)/m.test(dump);
}
