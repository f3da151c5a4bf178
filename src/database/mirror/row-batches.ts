import type { Connection } from '../../servers/connection.ts';
import { isNoTable } from '../../servers/faults.ts';
import { dialectOf, places, quotedList } from './mirrored-tables.ts';

export type SqlValue = string | number | bigint | Date | null;

/** Many rows with one statement. `table` and `columns` are names from the code, never from outside. */
export async function insertRows(
  connection: Connection,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly SqlValue[])[],
): Promise<void> {
  if (rows.length === 0) return;
  const dialect = dialectOf(connection);
  const tuple = `(${places(columns)})`;
  const sql = `INSERT INTO ${dialect.quoted(table)} (${quotedList(dialect, columns)}) VALUES ${rows.map(() => tuple).join(', ')}`;
  await connection.query(sql, rows.flat());
}

/** The largest value of a numeric column, 0 for an empty table; `null` when there is no such table. */
export async function largestValue(connection: Connection, table: string, column: string): Promise<number | null> {
  const { quoted } = dialectOf(connection);
  try {
    const rows: { largest: unknown }[] = await connection.query(
      `SELECT COALESCE(MAX(${quoted(column)}), 0) AS largest FROM ${quoted(table)}`,
    );
    return Number(rows[0]?.largest ?? 0);
  } catch (error) {
    if (isNoTable(error)) return null;
    throw error;
  }
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
