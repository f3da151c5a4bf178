/**
 * The end of the log behind a commit: a position that includes it. With `synchronous_commit = off` it is answered before it is
 * written, and only the place where the next record goes is behind it.
 */
import type { CommitQuestion } from '../flavour.ts';
import { rowsOf, textOf } from '../rows.ts';
import { WalPosition } from './wal-position.ts';
import { lsnOf } from './wal-state.ts';

const question = `SELECT CASE WHEN pg_is_in_recovery() THEN NULL WHEN current_setting('synchronous_commit') = 'off'
  THEN pg_current_wal_insert_lsn() ELSE pg_current_wal_flush_lsn() END::text AS place,
  CASE WHEN NOT pg_is_in_recovery() THEN substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) END AS timeline`;

export const postgresqlCommits: CommitQuestion = {
  ask: async (connection) => rowsOf(await connection.query(question))[0],
  own: (answer) => {
    const lsn = lsnOf(answer, 'place');
    // A standby has committed nothing.
    if (lsn === null) return null;
    return WalPosition.fromEnds([{ timeline: Number.parseInt(textOf(answer, 'timeline'), 16), lsn }]);
  },
};
