/** Statements on whole tables and on many rows that kinds of servers word in different ways. */
import type { Connection, Sends } from './connection.ts';

type Asked = Pick<Sends, 'query'>;

/** Names are unquoted; the condition stands as in a statement. */
export type OldRows = {
  readonly table: string;
  readonly condition: string;
  readonly values: readonly unknown[];
  /** The rows with the smallest values in this column are deleted first. */
  readonly oldestBy: string;
  readonly limit: number;
};

export interface TableStatements {
  /** Adds the rows of which no key exists yet. */
  insertMissing(
    connection: Asked,
    table: string,
    columns: readonly string[],
    rows: readonly (readonly unknown[])[],
  ): Promise<void>;
  /** Returns how many were deleted. */
  deleteOldest(connection: Asked, rows: OldRows): Promise<number>;
  /** At once, whatever refers to them; rows are numbered from 1 again. Takes an administrator. */
  empty(connection: Connection, tables: readonly string[]): Promise<void>;
  /** To be called when rows with numbers of their own were loaded: numbers new rows behind those, and updates statistics. */
  loaded(connection: Connection, tables: readonly string[]): Promise<void>;
}
