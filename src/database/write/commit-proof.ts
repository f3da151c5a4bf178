/**
 * What tells afterwards whether a transaction was committed, when the answer to its COMMIT was lost. Servers keep no record of
 * that by any name that is known before; so each transaction that writes also counts up a row that only its connection writes.
 *
 * It is sent right behind the transaction's first write, and nobody waits for it: no round trip more. The row is locked until
 * the transaction is over, so whoever finds it free finds the outcome.
 */
import { randomBytes } from 'node:crypto';
import type { Connection } from 'mariadb';
import { roleOf } from '../../servers/mysql-family/statement-role.ts';
import { isWrite } from '../clients/sent-statements.ts';

export type CommitProof = {
  /** Whose row, and what it holds once the transaction is committed. */
  readonly writer: string;
  readonly number: number;
  /** The server's number of the connection, and since when it is known to be open. */
  readonly thread: number;
  readonly openSinceMs: number;
};

type Used = { readonly writer: string; readonly openSinceMs: number; last: number };
type ProvenConnection = Pick<Connection, 'info' | 'threadId'>;

/** The tables of others have no such row, or the account may not write there. */
const absentMs = 60_000;
const absent: ReadonlySet<unknown> = new Set([1044, 1142, 1146]);

/** Of the connections of one pool. */
export class CommitProofs {
  readonly #used = new WeakMap<object, Used>();
  #absentUntilMs = Number.NEGATIVE_INFINITY;

  /** For the next transaction on a connection; `null` where there was no place for it lately. */
  next(connection: ProvenConnection, nowMs: number): CommitProof | null {
    if (nowMs < this.#absentUntilMs || connection.threadId === null) return null;
    const key = connection.info ?? connection;
    const used = this.#used.get(key) ?? { writer: newWriter(), openSinceMs: nowMs, last: 0 };
    used.last += 1;
    this.#used.set(key, used);
    return { writer: used.writer, number: used.last, thread: connection.threadId, openSinceMs: used.openSinceMs };
  }

  /** The row could not be written. */
  failed(error: unknown, nowMs: number): void {
    if (error instanceof Error && 'errno' in error && absent.has(error.errno)) this.#absentUntilMs = nowMs + absentMs;
  }
}

/** Whether a statement may have written something. */
export function mayWrite(text: string): boolean {
  return roleOf(text) === 'HIDES' || isWrite(text);
}

export const proofStatement = ({ writer, number }: CommitProof): string =>
  `INSERT INTO commit_proofs (writer, number, written_at) VALUES (${writer}, ${number}, UTC_TIMESTAMP()) ON DUPLICATE KEY UPDATE number = ${number}, written_at = UTC_TIMESTAMP()`;

const newWriter = (): string => String(randomBytes(8).readBigUInt64BE());
