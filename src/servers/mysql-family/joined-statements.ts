/**
 * A statement and questions behind it, sent as one text and answered in order: half the cost of asking in packets of their own.
 * Connections must allow several statements in a text for it, so whatever else could smuggle one in is kept from it: see
 * `mayHoldSeveral`.
 */
import type { Sends, Statement } from '../connection.ts';
import type { Row } from '../rows.ts';

/**
 * Also true of a semicolon in a string or a comment. Such a text must be prepared, which servers refuse for more than one
 * statement. Values are no part of the text.
 */
export function mayHoldSeveral(text: string): boolean {
  return text.includes(';');
}

/** What the server answers to one statement: rows of values, with their columns beside them. */
export type Answer = readonly (readonly unknown[])[] & { readonly meta: readonly { name(): string }[] };

/** What the statement and the questions behind it were answered. */
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

/** The first row of an answer, by the names of its columns. */
export function firstRow({ meta, 0: values }: Answer): Row {
  return Object.fromEntries(meta.map((column, index) => [column.name(), values?.[index]]));
}
