/** PostgreSQL on this machine. */

import type { LocalServers } from '../../local-servers.ts';
import { rowsOf, textOf } from '../../rows.ts';
import { hasOnlyUpkeepBeyond } from './beyond-branch.ts';
import { follow } from './follow.ts';
import { initialise, recipe } from './initialise.ts';
import { lead } from './lead.ts';
import { postgresqlProgram } from './program.ts';
import { launch } from './start.ts';
import { supervise } from './supervisor.ts';

export const postgresqlLocal: LocalServers = {
  program: postgresqlProgram,
  recipe,
  replicasBeginWith: 'SOURCE',
  refusesRoot: true,
  initialise,
  identityFiles: [],
  launch,
  version: async (connection) => {
    const answer = await connection.query("SELECT split_part(current_setting('server_version'), ' ', 1) AS version");
    return textOf(rowsOf(answer)[0], 'version');
  },
  follow,
  hasOnlyUpkeepBeyond,
  lead,
  supervise,
  stopApplying: async (connection) => {
    await connection.query('SELECT pg_wal_replay_pause()');
  },
  delay: async (connection, seconds) => {
    await connection.query(`ALTER SYSTEM SET recovery_min_apply_delay = '${Math.trunc(seconds)}s'`);
    await connection.query('SELECT pg_reload_conf()');
  },
  group: null,
};
