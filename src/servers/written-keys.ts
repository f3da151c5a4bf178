/** Which rows a statement writes: asked right before it, in its transaction, or told by its answer. */
import type { Sends } from './connection.ts';

type Asked = Pick<Sends, 'query'>;

/** Rows of one table. The names stand as they do in the statement, quoted where they have to be; so does the condition. */
export type ConditionedRows = {
  readonly table: string;
  readonly column: string;
  readonly condition: string;
  readonly values: readonly unknown[];
};

export interface WrittenKeys {
  /** The rows' values of the column, each once, without NULL. No other session changes those rows before the transaction ends. */
  lock(connection: Asked, rows: ConditionedRows): Promise<readonly string[]>;
  /** The numbers that the server gave to the `count` rows of the statement that it answered so; empty when it gave none. */
  numbered(connection: Asked, answer: unknown, count: number): Promise<readonly bigint[]>;
}
