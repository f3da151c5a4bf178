import type { TableCare } from '../table-care.ts';
import { quotedName } from './session-settings.ts';

export const familyTables: TableCare = {
  empty: async (connection, tables) => {
    await connection.query('SET FOREIGN_KEY_CHECKS = 0');
    try {
      for (const table of tables) await connection.query(`TRUNCATE TABLE ${quotedName(table)}`);
    } finally {
      await connection.query('SET FOREIGN_KEY_CHECKS = 1');
    }
  },
  // The numbering follows the rows by itself. Statistics do not: until they are taken, tables count as empty.
  loaded: async (connection, tables) => {
    for (const table of tables) await connection.query(`ANALYZE TABLE ${quotedName(table)}`);
  },
};
