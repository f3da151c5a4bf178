/** What is done to whole tables when they are filled anew. Takes an account that may do so. */
import type { Connection } from './connection.ts';

export interface TableCare {
  /** At once, whatever refers to them; rows are numbered from 1 again. */
  empty(connection: Connection, tables: readonly string[]): Promise<void>;
  /**
   * They were filled with rows that brought their own numbers: new rows are numbered behind those, and queries are planned for
   * what is there.
   */
  loaded(connection: Connection, tables: readonly string[]): Promise<void>;
}
