import type { TableStatements } from '../table-statements.ts';
import { quotedName } from './session-settings.ts';

export const familyTables: TableStatements = {
  // Not ON DUPLICATE KEY UPDATE, which takes the right to update.
  insertMissing: async (connection, table, columns, rows) => {
    const tuple = `(${columns.map(() => '?').join(', ')})`;
    await connection.query(
      `INSERT IGNORE INTO ${quotedName(table)} (${columns.map(quotedName).join(', ')}) VALUES ${rows.map(() => tuple).join(', ')}`,
      rows.flat(),
    );
  },
  deleteOldest: async (connection, { table, condition, values, oldestBy, limit }) => {
    const { affectedRows } = await connection.query<{ affectedRows: number }>(
      `DELETE FROM ${quotedName(table)} WHERE ${condition} ORDER BY ${quotedName(oldestBy)} LIMIT ?`,
      [...values, limit],
    );
    return Number(affectedRows);
  },
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
