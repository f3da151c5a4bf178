import type { Connection } from '../connection.ts';
import { rowsOf, textOf } from '../rows.ts';
import type { TableStatements } from '../table-statements.ts';
import { quotedName } from './session-settings.ts';

export const postgresqlTables: TableStatements = {
  insertMissing: async (connection, table, columns, rows) => {
    if (rows.length === 0) return;
    const tuple = `(${columns.map(() => '?').join(', ')})`;
    await connection.query(
      `INSERT INTO ${quotedName(table)} (${columns.map(quotedName).join(', ')}) VALUES ${rows.map(() => tuple).join(', ')} ON CONFLICT DO NOTHING`,
      rows.flat(),
    );
  },
  // Rows that another transaction is changing are left for the next time.
  deleteOldest: async (connection, { table, condition, values, oldestBy, limit }) => {
    const name = quotedName(table);
    const oldest = `SELECT ctid FROM ${name} WHERE ${condition} ORDER BY ${quotedName(oldestBy)} LIMIT ? FOR UPDATE SKIP LOCKED`;
    const { affectedRows } = await connection.query<{ affectedRows: number }>(
      `DELETE FROM ${name} WHERE ctid = ANY (ARRAY(${oldest}))`,
      [...values, limit],
    );
    return Number(affectedRows);
  },
  empty: async (connection, tables) => {
    if (tables.length === 0) return;
    await connection.query(`TRUNCATE ${tables.map(quotedName).join(', ')} RESTART IDENTITY CASCADE`);
  },
  // Sequences know nothing of rows that came with numbers of their own, and statistics nothing of any.
  loaded: async (connection, tables) => {
    for (const table of tables) {
      for (const column of await numberedColumns(connection, table)) {
        await connection.query(
          `SELECT setval(pg_get_serial_sequence(?, ?), COALESCE(MAX(${quotedName(column)}), 0) + 1, false) FROM ${quotedName(table)}`,
          [quotedName(table), column],
        );
      }
      await connection.query(`ANALYZE ${quotedName(table)}`);
    }
  },
};

async function numberedColumns(connection: Connection, table: string): Promise<readonly string[]> {
  const sql = `SELECT attname AS name FROM pg_attribute WHERE attrelid = to_regclass(?) AND attnum > 0
    AND NOT attisdropped AND pg_get_serial_sequence(?, attname) IS NOT NULL ORDER BY attnum`;
  const name = quotedName(table);
  return rowsOf(await connection.query(sql, [name, name])).map((row) => textOf(row, 'name'));
}
