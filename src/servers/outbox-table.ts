/**
 * The table of records that changed and are still to be copied. What its rows go through: src/outbox/outbox.ts. All times are
 * the server's own: workers on other machines need not agree on theirs.
 */
import type { Sends } from './connection.ts';

type Asked = Pick<Sends, 'query'>;

export type ChangedRecord = { readonly model: string; readonly recordKey: string };
export type OutboxRow = ChangedRecord & {
  readonly id: bigint;
  readonly attempts: number;
  readonly createdAtMs: number;
};

export interface OutboxTable {
  /** Runs inside the caller's transaction. */
  append(connection: Asked, records: readonly ChangedRecord[]): Promise<void>;
  /**
   * Names all records of a table. They are due only after the delay, or when `makeDue` says so: for changes that cannot be made
   * in one transaction with their rows.
   */
  appendAll(
    connection: Asked,
    records: { readonly model: string; readonly table: string; readonly key: string },
    delayMs: number,
  ): Promise<void>;
  makeDue(connection: Asked): Promise<void>;
  /**
   * Leases the oldest waiting row of up to `limit` records, and with it all later rows of the same records; in a transaction of
   * its own. A record of which an older row is leased, or waits for its retry, is passed over: so no two workers hold one record,
   * and none overtakes. Never waits for a lock, and no write to a mirrored model waits for it.
   */
  claim(
    connection: Asked,
    request: { readonly limit: number; readonly leaseMs: number; readonly worker: string },
  ): Promise<readonly OutboxRow[]>;
  remove(connection: Asked, ids: readonly bigint[]): Promise<void>;
  /** Changes nothing of a row that others than `workers` have claimed by now. */
  postpone(
    connection: Asked,
    id: bigint,
    release: { readonly workers: readonly string[]; readonly reason: string; readonly delayMs: number },
  ): Promise<void>;
  /** Changes nothing of a row that others than `workers` have claimed by now. */
  park(
    connection: Asked,
    id: bigint,
    release: { readonly workers: readonly string[]; readonly reason: string },
  ): Promise<void>;
  /** Answers how many were parked. */
  unpark(connection: Asked): Promise<number>;
  /** `oldestAgeMs` is `null` when nothing waits. */
  depth(
    connection: Asked,
  ): Promise<{ readonly waiting: number; readonly parked: number; readonly oldestAgeMs: number | null }>;
}
