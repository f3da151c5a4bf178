import type { Connection } from '../../servers/connection.ts';
import { isNoTable } from '../../servers/faults.ts';

export type SqlValue = string | number | bigint | Date | null;

/** Many rows with one statement. `table` and `columns` are names from the code, never from outside. */
export async function insertRows(
  connection: Connection,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly SqlValue[])[],
): Promise<void> {
  if (rows.length === 0) return;
  const names = columns.map((column) => `\`${column}\``).join(', ');
  const places = `(${columns.map(() => '?').join(', ')})`;
  const sql = `INSERT INTO \`${table}\` (${names}) VALUES ${rows.map(() => places).join(', ')}`;
  await connection.query(sql, rows.flat());
}

/** The largest value of a numeric column, 0 for an empty table; `null` when there is no such table. */
export async function largestValue(connection: Connection, table: string, column: string): Promise<number | null> {
  try {
    const rows: { largest: unknown }[] = await connection.query(
      `SELECT COALESCE(MAX(\`${column}\`), 0) AS largest FROM \`${table}\``,
    );
    return Number(rows[0]?.largest ?? 0);
  } catch (error) {
    if (isNoTable(error)) return null;
    throw error;
  }
}

/** Empties tables at once, whatever refers to them, and numbers their rows from 1 again. */
export async function emptyTables(connection: Connection, tables: readonly string[]): Promise<void> {
  await connection.query('SET FOREIGN_KEY_CHECKS = 0');
  try {
    for (const table of tables) await connection.query(`TRUNCATE TABLE \`${table}\``);
  } finally {
    await connection.query('SET FOREIGN_KEY_CHECKS = 1');
  }
}

/** Lets the server analyse what was just loaded: until then it plans queries as if the tables were empty. */
export async function analyzeTables(connection: Connection, tables: readonly string[]): Promise<void> {
  for (const table of tables) await connection.query(`ANALYZE TABLE \`${table}\``);
}

/** All of `work` or nothing of it. */
export async function inTransaction(connection: Connection, work: () => Promise<void>): Promise<void> {
  await connection.query('START TRANSACTION');
  try {
    await work();
    await connection.query('COMMIT');
  } catch (error) {
    await connection.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
