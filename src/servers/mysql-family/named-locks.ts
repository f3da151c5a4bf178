import type { NamedLocks } from '../named-locks.ts';
import { rowsOf } from '../rows.ts';

/** Such locks are the server's, and their names are no longer than 64 characters. */
const ofDatabase = "CONCAT(?, '.', LEFT(SHA2(DATABASE(), 256), 32))";

export const familyLocks: NamedLocks = {
  alone: async (connection, name, work) => {
    const [row] = rowsOf(await connection.query(`SELECT GET_LOCK(${ofDatabase}, 0) AS taken`, [name]));
    if (Number(row?.taken) !== 1) return null;
    try {
      return await work();
    } finally {
      await connection.query(`SELECT RELEASE_LOCK(${ofDatabase})`, [name]);
    }
  },
};
