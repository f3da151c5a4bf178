import type { Sends } from '../connection.ts';
import { rowsOf } from '../rows.ts';
import type { ConditionedRows, WrittenKeys } from '../written-keys.ts';

type Asked = Pick<Sends, 'query'>;

export const familyKeys: WrittenKeys = { lock, numbered };

async function lock(connection: Asked, { table, column, condition, values }: ConditionedRows): Promise<string[]> {
  const sql = `SELECT DISTINCT ${column} AS k FROM ${table} WHERE ${condition} FOR UPDATE`;
  const rows = rowsOf(await connection.query(sql, values));
  return rows.flatMap(({ k }) => (k === null ? [] : [String(k)]));
}

/** The server numbers the rows of one statement one after another; of rows that it left out, later ones have the number. */
async function numbered(connection: Asked, answer: unknown, count: number): Promise<bigint[]> {
  const first = BigInt((answer as { readonly insertId: number | bigint }).insertId);
  if (first === 0n) return [];
  const step = count > 1 ? await stepOf(connection) : 1n;
  return Array.from({ length: count }, (_, index) => first + BigInt(index) * step);
}

async function stepOf(connection: Asked): Promise<bigint> {
  const [row] = rowsOf(await connection.query('SELECT @@auto_increment_increment AS step'));
  return BigInt(String(row?.step));
}
