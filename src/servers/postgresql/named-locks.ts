import type { NamedLocks } from '../named-locks.ts';
import { rowsOf } from '../rows.ts';

/** Such locks are the database's, have a number for a name, and are free as soon as their session has ended. */
const numberOf = "hashtextextended('tidemark.' || ?::text, 0)";

/** A standby would grant the lock beside the one that the primary grants: there it proves nothing. */
const takenOnPrimary = `SELECT CASE WHEN pg_is_in_recovery() THEN false ELSE pg_try_advisory_lock(${numberOf}) END AS taken`;

export const postgresqlLocks: NamedLocks = {
  alone: async (connection, name, work) => {
    const [row] = rowsOf(await connection.query(takenOnPrimary, [name]));
    if (row?.taken !== true) return null;
    try {
      return await work();
    } finally {
      await connection.query(`SELECT pg_advisory_unlock(${numberOf})`, [name]);
    }
  },
};
