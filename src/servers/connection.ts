/**
 * What the code needs of a connection to a server. A driver's own connections either fit unchanged or are wrapped once in the
 * driver's folder; no other code knows which driver is in use.
 */
export type StatementOptions = {
  readonly sql: string;
  /** Rows as arrays of values. Default: objects by column name. */
  readonly rowsAsArray?: boolean;
  /** Dates and times as text, such as `2026-11-30 20:28:15.123`, in the session's time zone. */
  readonly dateStrings?: boolean;
  /** Of an insertion: the column that the server numbers. The answer has the number of the first row as `insertId`. */
  readonly numbered?: string | undefined;
  /** JSON as the server prints it. */
  readonly jsonStrings?: boolean;
  /** A single bit as a boolean. */
  readonly bitOneIsBoolean?: boolean;
};

/** Values as the server prints them, so that nothing is lost between two servers: no dates, no doubles. */
export const exactly = { rowsAsArray: true, dateStrings: true } as const;

/** SQL with a question mark for each value. */
export type Statement = string | StatementOptions;

export function textOf(statement: Statement): string {
  return typeof statement === 'string' ? statement : statement.sql;
}

export function withText(statement: Statement, text: string): Statement {
  return typeof statement === 'string' ? text : { ...statement, sql: text };
}

export interface Sends {
  /** Statements run in the order in which they were given; each is sent without waiting for the one before. */
  query<T>(statement: Statement, values?: unknown): Promise<T>;
  /** Prepared: it can only be a single statement, whatever its text. Statements sent later may overtake it. */
  execute<T>(statement: Statement, values?: unknown): Promise<T>;
}

export interface Connection extends Sends {
  queryStream(statement: Statement): AsyncIterable<unknown>;
  ping(): Promise<void>;
  /** Closes after everything sent has been answered. */
  end(): Promise<void>;
  /** Closes immediately, whatever is running. */
  destroy(): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
}

/** A connection that is returned to its pool. */
export interface PooledConnection extends Connection {
  off(event: 'error', listener: (error: Error) => void): unknown;
  release(): Promise<void>;
}

export interface ConnectionPool extends Sends {
  getConnection(): Promise<PooledConnection>;
  end(): Promise<void>;
  activeConnections(): number;
  idleConnections(): number;
  /** Number of requests waiting for a connection. */
  taskQueueSize(): number;
}
