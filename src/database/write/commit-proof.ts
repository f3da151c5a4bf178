/**
 * Shows afterwards whether a transaction was committed, if the answer to its COMMIT was lost. Each transaction that writes
 * leaves a mark that only its session writes; the kind of server decides how to write and find it.
 *
 * It is sent directly after the transaction's first write, and is not awaited: no extra round trip. The row is locked until
 * the transaction ends, so whenever it is free, it shows the outcome.
 */
import { randomBytes } from 'node:crypto';
import type { Dialect } from '../../servers/dialect.ts';
import { isNoTable, lacksRight } from '../../servers/faults.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import { isWrite } from '../clients/sent-statements.ts';

export type CommitProof = {
  /** Whose row, and what it holds once the transaction is committed. */
  readonly writer: string;
  readonly number: number;
  /** The server's number of the session, and since when it is known to be open. */
  readonly thread: number;
  readonly openSinceMs: number;
};

type Used = { readonly writer: string; readonly openSinceMs: number; last: number };

/** The tables of others have no such row, or the account may not write there. */
const absentMs = 60_000;

/** Of the connections of one pool. */
export class CommitProofs {
  readonly #used = new WeakMap<object, Used>();
  #absentUntilMs = Number.NEGATIVE_INFINITY;

  /** For the next transaction on a connection; `null` where there was no place for it lately. */
  next(connection: object, nowMs: number): CommitProof | null {
    if (nowMs < this.#absentUntilMs) return null;
    const { driver, proofs } = flavourOf(connection);
    const thread = proofs.sessionOf(connection);
    if (thread === null) return null;
    const key = driver.keyOf(connection);
    const used = this.#used.get(key) ?? { writer: newWriter(), openSinceMs: nowMs, last: 0 };
    used.last += 1;
    this.#used.set(key, used);
    return { writer: used.writer, number: used.last, thread, openSinceMs: used.openSinceMs };
  }

  /** The row could not be written. */
  failed(error: unknown, nowMs: number): void {
    if (isNoTable(error) || lacksRight(error)) this.#absentUntilMs = nowMs + absentMs;
  }
}

/** Whether a statement may have written something. */
export function mayWrite(dialect: Pick<Dialect, 'roleOf'>, text: string): boolean {
  return dialect.roleOf(text) === 'HIDES' || isWrite(text);
}

const newWriter = (): string => String(randomBytes(8).readBigUInt64BE());
