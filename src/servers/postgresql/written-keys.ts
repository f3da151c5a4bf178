import type { Sends } from '../connection.ts';
import { rowsOf } from '../rows.ts';
import type { ConditionedRows, WrittenKeys } from '../written-keys.ts';

export const postgresqlKeys: WrittenKeys = {
  lock,
  // The statement has returned them: they need not follow one another.
  numbered: async (_, answer) => (answer as { readonly numbers?: readonly bigint[] }).numbers ?? [],
};

/** Rows that are locked cannot be grouped in the same query. */
async function lock(
  connection: Pick<Sends, 'query'>,
  { table, column, condition, values }: ConditionedRows,
): Promise<string[]> {
  const locked = `SELECT ${column} AS k FROM ${table} WHERE ${condition} FOR UPDATE`;
  const sql = `SELECT DISTINCT k FROM (${locked}) AS locked`;
  return rowsOf(await connection.query(sql, values)).flatMap(({ k }) => (k === null ? [] : [String(k)]));
}
