/**
 * A statement and the questions after it, sent as one text and answered in order: half the cost of separate packets.
 * Connections must allow several statements in a text for this, so any other text that could contain several is kept out: see
 * `mayHoldSeveral`.
 */
import type { Sends, Statement } from '../connection.ts';
import type { Row } from '../rows.ts';

/**
 * Also true if a semicolon is in a string or a comment. Such a text must be prepared, which servers refuse for more than one
 * statement. Values are not part of the text.
 */
export function mayHoldSeveral(text: string): boolean {
  return text.includes(';');
}

/** The server's answer to one statement: rows of values, and beside them their columns. */
export type Answer = readonly (readonly unknown[])[] & { readonly meta: readonly { name(): string }[] };

/** The answers to the statement and to the questions after it. */
export type Joined<T> = readonly [T, ...Answer[]];

export async function queryWith<T>(
  connection: Pick<Sends, 'query'>,
  statement: Statement,
  values: unknown,
  questions: readonly string[],
): Promise<Joined<T>> {
  const options = typeof statement === 'string' ? { sql: statement } : statement;
  // A line of its own, in case the statement ends in a comment.
  const sql = [options.sql, ...questions].join('\n;');
  return connection.query<Joined<T>>({ ...options, sql, rowsAsArray: true }, values);
}

/** The first row of an answer, by column name. */
export function firstRow({ meta, 0: values }: Answer): Row {
  return Object.fromEntries(meta.map((column, index) => [column.name(), values?.[index]]));
}
