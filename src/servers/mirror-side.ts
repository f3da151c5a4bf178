/**
 * What the mirror asks of a server, be it the one that it copies from or the one that it copies to. The statements that are the
 * same on every kind of server are not here, but in src/database/mirror.
 */
import type { Connection } from './connection.ts';

/**
 * What the statements of a transaction see:
 *
 *   ONE_MOMENT       all that is read belongs to one moment
 *   EACH_STATEMENT   each sees what was committed before it; no lock keeps others from adding rows
 */
export type TransactionView = 'ONE_MOMENT' | 'EACH_STATEMENT';

export type ColumnFacts = {
  readonly table: string;
  readonly column: string;
  /** `WHOLE_NUMBER`: keys are compared as numbers. `BYTES`: it holds bytes rather than text. */
  readonly kind: 'WHOLE_NUMBER' | 'BYTES' | 'OTHER';
};

export type DigestedColumn = { readonly column: string; readonly isBytes: boolean };

export interface MirrorSide {
  /** Sets up a session so that all values are stored and read unchanged, and waits for locks end after a few seconds. */
  prepare(connection: Connection): Promise<void>;
  begin(connection: Connection, view: TransactionView): Promise<void>;
  /** In the order in which each table has them, without generated columns; none of a missing table. */
  columns(connection: Connection, tables: readonly string[]): Promise<readonly ColumnFacts[]>;
  /**
   * Follows `INSERT … VALUES …`: a row takes the place of the one that has its key. The key must be the table's only unique one.
   * Names are quoted already.
   */
  replacing(key: readonly string[], columns: readonly string[]): string;
  /**
   * An aggregate expression: equal for equal rows in any order, and different for a text and NULL, or for two values and a
   * single one that holds both. Names are quoted already.
   */
  digestOf(columns: readonly DigestedColumn[]): string;
  readonly checkpoints: Checkpoints;
}

export type RecordToApply = {
  readonly recordKey: string;
  /** The last outbox entry that asked for it; 0 when none did. */
  readonly outboxId: bigint;
};

/** On the backup: which records were applied, from which history, and when by the clock of the server. */
export interface Checkpoints {
  /** Records that they are applied, in this order. Each is locked until the transaction ends, whether it was ever applied or not. */
  lock(connection: Connection, model: string, epoch: number, records: readonly RecordToApply[]): Promise<void>;
  /** Does nothing if it was entered before. What was applied up to `recheckSeconds` before the last application is to be rechecked. */
  enter(connection: Connection, epoch: number, recheckSeconds: number): Promise<void>;
  /** Deletes up to `limit` of those that are older, oldest first; returns how many. */
  purge(connection: Connection, olderThanHours: number, limit: number): Promise<number>;
}
