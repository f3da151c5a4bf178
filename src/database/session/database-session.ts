import type { Position } from '../../consistency/position.ts';
import type { OwnStatements, Selecting } from '../clients/own-statements.ts';

/** The result of a write once it is known to be committed. */
export type Committed<T> = {
  readonly value: T;
  /** Includes this write. Exact on MariaDB, a superset on MySQL. `null` when it wrote nothing, or when `onlyOnSource`. */
  readonly position: Position | null;
  /** No position covers it: the source has it, and it is unknown which other servers do. */
  readonly onlyOnSource: boolean;
  /** Whether `position` also includes everything that the transaction can have read. */
  readonly includesItsReads: boolean;
  /** When the position was learned, in milliseconds since the Unix epoch. Becomes the token's issued-at. */
  readonly issuedAtMs: number;
};

/** What is done in one transaction: by Prisma, or by statements of our own. */
export type Work<Transaction, T> = (transaction: Transaction, own: OwnStatements) => Promise<T>;

/**
 * The one door to the database for one operation. Reads go to the node that was pinned for it, writes to the source.
 * `Client` is the composed Prisma client, `Transaction` its interactive-transaction form.
 */
export interface DatabaseSession<Client, Transaction> {
  readonly client: Client;
  /** A read below `client`, on the same node and under the same rules. */
  rows<Row>(statement: Selecting<Row>): Promise<Row[]>;
  /**
   * Runs `work` in one short transaction on the source and advances the session by the position of its commit.
   * Deadlocks and lock timeouts are retried, so `work` must have no other effects. `describe` returns what was changed, for the
   * commit's event; it runs before COMMIT, and if it throws, the write is rolled back.
   * Throws `SourceUnavailableError` (nothing was written) or `WriteIndeterminateError` (unknown).
   */
  write<T>(work: Work<Transaction, T>, describe?: (value: T) => unknown): Promise<Committed<T>>;
  /** A write on the source that is not part of what the client has seen: the session does not advance, and there is no event. */
  annotate<T>(work: Work<Transaction, T>): Promise<T>;
  /** Advances the session by a position learned elsewhere, for example from the record of an earlier answer. */
  adopt(position: Position, issuedAtMs: number): void;
  /** No position covers what the client has seen: from now on only the source is fresh enough. */
  requireSource(): void;
}
