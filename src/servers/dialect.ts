/** How servers of one language read a statement of somebody else's: what it writes, and what it does to its transaction. */

/**
 * What a statement of a caller may do to the transaction that it is sent in:
 *
 *   KEEPS    never ends it, unless it fails
 *   ENDS     ends it, by itself or because the server commits before it: it must not be sent
 *   HIDES    runs statements that are not in the text, as a procedure does: whether it ended it must be asked
 *
 * A statement that is not known counts as one that ends it.
 */
export type StatementRole = 'KEEPS' | 'ENDS' | 'HIDES';

export type WriteStatement =
  | { readonly kind: 'INSERT'; readonly columns: readonly string[]; readonly rows: readonly (readonly Cell[])[] }
  | { readonly kind: 'UPDATE'; readonly name: string; readonly assigned: readonly Assignment[]; readonly where: Where }
  | { readonly kind: 'DELETE'; readonly name: string; readonly where: Where };

/** The place of the parameter that fills a cell, or what stands there instead of one. */
export type Cell = number | 'NONE' | 'OTHER';
export type Assignment = { readonly column: string; readonly cell: Cell };
/** `before` and `text` make up the statement; the parameters of `text` begin at `firstParameter`. */
export type Where = { readonly before: string; readonly text: string; readonly firstParameter: number };

export interface Dialect {
  roleOf(text: string): StatementRole;
  /** Whether a connection may be another one after the statement: its variables, its locks, its database. */
  mayChangeConnection(text: string): boolean;
  /** Whether whoever is given the connection next would find a transaction, or have one of another kind. */
  mayLeaveTransaction(text: string): boolean;
  /** Also true where a semicolon only stands in a string or a comment. Such a text is sent prepared. */
  mayHoldSeveral(text: string): boolean;
  /** The table that a statement writes to, `null` when it is no write of one table. */
  targetOf(text: string): string | null;
  /** `null` when the statement cannot be read. */
  readWrite(text: string): WriteStatement | null;
  /** Parameters that name all keys a row can have that the condition holds for, `null` when the condition does not tell. */
  keysNamedBy(where: Where, keyColumn: string): readonly number[] | null;
  /** A name as it stands in a statement, whatever is in it. */
  quoted(name: string): string;
  /** Begins a transaction that may write where the session refuses that. */
  readonly beginToWrite: string;
  /** From the next transaction of the session on, each single statement being one. */
  readonly sessionWrites: string;
  readonly sessionRefusesWrites: string;
}
