/**
 * What the house needs of a connection to a server. A driver's own connections fit as they are, or are wrapped once in the
 * driver's folder: nobody else knows which driver it is.
 */
export type StatementOptions = {
  readonly sql: string;
  /** Rows as arrays of values; by the names of their columns without. */
  readonly rowsAsArray?: boolean;
  /** Moments as the server prints them. */
  readonly dateStrings?: boolean;
  /** JSON as the server prints it. */
  readonly jsonStrings?: boolean;
  /** A single bit as a boolean. */
  readonly bitOneIsBoolean?: boolean;
};

/** Values as the server prints them, so that nothing is lost between two servers: no dates, no doubles. */
export const exactly = { rowsAsArray: true, dateStrings: true } as const;

/** A text with a question mark for each value. */
export type Statement = string | StatementOptions;

export function textOf(statement: Statement): string {
  return typeof statement === 'string' ? statement : statement.sql;
}

export function withText(statement: Statement, text: string): Statement {
  return typeof statement === 'string' ? text : { ...statement, sql: text };
}

export interface Sends {
  /** Statements are carried out in the order in which they were given, without waiting for one another. */
  query<T>(statement: Statement, values?: unknown): Promise<T>;
  /** Prepared: it can be only one statement, whatever its text. What is sent behind it may overtake it. */
  execute<T>(statement: Statement, values?: unknown): Promise<T>;
}

export interface Connection extends Sends {
  queryStream(statement: Statement): AsyncIterable<unknown>;
  ping(): Promise<void>;
  /** When what was sent is answered. */
  end(): Promise<void>;
  /** At once, whatever runs. */
  destroy(): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
}

/** One that is given back. */
export interface PooledConnection extends Connection {
  off(event: 'error', listener: (error: Error) => void): unknown;
  release(): Promise<void>;
}

export interface ConnectionPool extends Sends {
  getConnection(): Promise<PooledConnection>;
  end(): Promise<void>;
  activeConnections(): number;
  idleConnections(): number;
  /** How many wait for a connection. */
  taskQueueSize(): number;
}
