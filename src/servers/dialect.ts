/**
 * How servers of one language read a statement written by the application: what it writes, and what it does to its transaction.
 */

/**
 * What a statement of the application may do to its transaction:
 *
 *   KEEPS    never ends it, unless it fails
 *   ENDS     ends it, explicitly or by an implicit commit: it must not be sent
 *   HIDES    runs statements that are not in its text, as a procedure does: ask the server whether the transaction ended
 *
 * An unknown statement counts as ENDS.
 */
export type StatementRole = 'KEEPS' | 'ENDS' | 'HIDES';

export type WriteStatement =
  | { readonly kind: 'INSERT'; readonly columns: readonly string[]; readonly rows: readonly (readonly Cell[])[] }
  | { readonly kind: 'UPDATE'; readonly name: string; readonly assigned: readonly Assignment[]; readonly where: Where }
  | { readonly kind: 'DELETE'; readonly name: string; readonly where: Where };

/** The index of the parameter that fills a cell, or what is there instead of one. */
export type Cell = number | 'NONE' | 'OTHER';
export type Assignment = { readonly column: string; readonly cell: Cell };
/** The statement is `before` followed by `text`; the parameters of `text` begin at `firstParameter`. */
export type Where = {
  readonly before: string;
  readonly text: string;
  readonly firstParameter: number;
  /** What follows the condition, as RETURNING: its answer cannot be put together from parts. */
  readonly after?: string;
};

export interface Dialect {
  roleOf(text: string): StatementRole;
  /** Whether the statement may change the connection's state: variables, locks, or current database. */
  mayChangeConnection(text: string): boolean;
  /** Whether the next user of the connection would find an open transaction, or get a transaction of another kind. */
  mayLeaveTransaction(text: string): boolean;
  /** Also true if a semicolon is only in a string or a comment. Such a text is sent prepared. */
  mayHoldSeveral(text: string): boolean;
  /** The table that a statement writes to; `null` if it is not a write to one table. */
  targetOf(text: string): string | null;
  /** `null` if the statement cannot be parsed. */
  readWrite(text: string): WriteStatement | null;
  /** Parameters that name every key a matching row can have; `null` if the condition does not limit the keys. */
  keysNamedBy(where: Where, keyColumn: string): readonly number[] | null;
  /** The quoted identifier, whatever characters it contains. */
  quoted(name: string): string;
  /** Begins a transaction that may write even if the session refuses writes. */
  readonly beginToWrite: string;
  /** From the session's next transaction on; a single statement is one. */
  readonly sessionWrites: string;
  readonly sessionRefusesWrites: string;
}
