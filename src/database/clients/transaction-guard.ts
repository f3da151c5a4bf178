/**
 * Keeps the statements of one connection to one transaction.
 *
 *   NONE --BEGIN--> OPEN --COMMIT, ROLLBACK--> DONE: only another BEGIN is sent; after the connection was returned, nothing
 *                   OPEN --the server ended it--> OVER: only ROLLBACK is sent
 *
 * Prisma rolls back a transaction that has timed out while a call of several statements is still running: the remaining
 * statements come after the ROLLBACK, and the server would commit each on its own.
 *
 * Servers end transactions with many errors (a deadlock, a changed snapshot, a lock timeout under some settings, a full lock
 * table) and keep them open after most. So nothing is derived from error numbers: each answer says whether a transaction is
 * open, and after an error, which does not say, the server is asked. The next statement must not have been sent by
 * then, because it would be committed on its own: statements go one at a time.
 */
import { type Sends, type Statement, textOf } from '../../servers/connection.ts';
import type { Driver } from '../../servers/driver.ts';
import type { DriverFault } from '../../servers/driver-fault.ts';
import { faultOf, lacksRight } from '../../servers/faults.ts';
import {
  StatementEndsTransactionError,
  TransactionOverError,
  TransactionRolledBackError,
  WriteNotAtomicError,
} from '../errors.ts';

/** How a transaction was ended, and by what. `ROLLED_BACK`: nothing of it is there. `UNKNOWN`: some of it may be. */
export type TransactionEnd = {
  readonly outcome: 'ROLLED_BACK' | 'UNKNOWN';
  readonly fault: DriverFault;
  readonly cause: unknown;
};

type TransactionDriver = Pick<Driver, 'dialect' | 'isInTransaction' | 'isAutocommitting' | 'nothing'>;

const begins = /^(?:BEGIN|START TRANSACTION)\b/;
const mark = 'tidemark_call';

/** What is sent after the first statement of a transaction that may write, and its outcome. */
export type Proving = {
  readonly mayWrite: (text: string) => boolean;
  /** `null`: nothing. */
  readonly statement: () => string | null;
  readonly proved: () => void;
  readonly failed: (error: unknown) => void;
};

export class TransactionGuard implements Sends {
  readonly #connection: Sends;
  readonly #driver: TransactionDriver;
  readonly #onOver: (end: TransactionEnd) => void;
  readonly #proving: Proving | null;
  #last: Promise<unknown> = Promise.resolve();
  #unfinished = 0;
  #isOpen = false;
  #done: 'COMMITTED' | 'ROLLED_BACK' | null = null;
  #isGivenBack = false;
  #end: TransactionEnd | null = null;
  #changed = false;
  #wrote = false;
  /** What was sent after the last statement; only the next statement waits for it. */
  #behind: Promise<void> | null = null;

  constructor(
    connection: Sends,
    driver: TransactionDriver,
    onOver: (end: TransactionEnd) => void,
    proving: Proving | null = null,
  ) {
    this.#connection = connection;
    this.#driver = driver;
    this.#onOver = onOver;
    this.#proving = proving;
  }

  /** Whether the connection may go back to others: it is as it was when it came. */
  get leavesNothing(): boolean {
    return !this.#changed && this.#driver.isAutocommitting(this.#connection);
  }

  query<T>(sql: Statement, values?: unknown): Promise<T> {
    return this.#inTurn(() => this.#send(sql, () => this.#noting(this.#connection.query<T>(sql, values))));
  }

  execute<T>(sql: Statement, values?: unknown): Promise<T> {
    return this.#inTurn(() => this.#send(sql, () => this.#noting(this.#connection.execute<T>(sql, values)), false));
  }

  async #noting<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (lacksRight(error)) this.#changed = true;
      throw error;
    }
  }

  /** Where a statement of a snapshot is sent: it writes nothing, and its reads need not wait for one another. */
  beside(sql: Statement): Sends {
    if (textOf(sql) === 'ROLLBACK') return this;
    this.refuseLate();
    return this.#connection;
  }

  /** The connection is for others from now on. */
  giveBack(): void {
    this.#isGivenBack = true;
  }

  /** Throws once its transaction has ended, for whatever reason. */
  refuseLate(): void {
    this.#refuseWhenOver();
    if (this.#done === 'ROLLED_BACK') throw new TransactionRolledBackError(null);
    if (this.#done === 'COMMITTED' || this.#isGivenBack) throw new TransactionOverError();
  }

  /** COMMIT, followed directly by what is sent with it. */
  commit<T>(send: () => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      this.refuseLate();
      this.#isOpen = false;
      this.#done = 'COMMITTED';
      return send();
    });
  }

  /** After a COMMIT that failed: true when the transaction is still there, so nothing of it was committed. */
  async isStillOpen(): Promise<boolean> {
    return (await this.#asked()) === true;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#unfinished === 0 ? work() : this.#last.then(work, work);
    this.#unfinished += 1;
    const over = () => {
      this.#behind = null;
      this.#unfinished -= 1;
    };
    const ended = () => (this.#behind === null ? over() : this.#behind.then(over));
    this.#last = turn.then(ended, ended);
    return turn;
  }

  /** `pipelined`: nothing overtakes what is sent behind it. */
  async #send<T>(sql: Statement, send: () => Promise<T>, pipelined = true): Promise<T> {
    const text = textOf(sql);
    if (this.#driver.dialect.mayChangeConnection(text)) this.#changed = true;
    if (text === 'ROLLBACK' && isOwn(sql) && !this.#isGivenBack) {
      this.#isOpen = false;
      this.#done = 'ROLLED_BACK';
      return send();
    }
    if (begins.test(text) && isOwn(sql)) this.#done = null;
    this.refuseLate();
    if (!this.#isOpen) {
      const answer = await send();
      this.#isOpen = this.#inTransaction;
      return answer;
    }
    const role = this.#driver.dialect.roleOf(text);
    if (role === 'ENDS') throw new StatementEndsTransactionError();
    if (role === 'HIDES') return this.#proven(text, false, () => this.#marked(send));
    return this.#proven(text, pipelined, (sending) => this.#watched(() => sending(send()), 'ROLLED_BACK'));
  }

  /** Sends the proof behind the first statement that may write: at once, where nothing can overtake. */
  #proven<T>(
    text: string,
    pipelined: boolean,
    run: (sending: <U>(answer: Promise<U>) => Promise<U>) => Promise<T>,
  ): Promise<T> {
    const proving = this.#proving;
    if (proving === null || this.#wrote || !proving.mayWrite(text)) return run((answer) => answer);
    this.#wrote = true;
    const statement = proving.statement();
    if (statement === null) return run((answer) => answer);
    const prove = (first: Promise<unknown>) => {
      this.#behind = this.#prove(proving, first, this.#connection.query(statement));
    };
    if (pipelined) {
      return run((answer) => {
        prove(answer);
        return answer;
      });
    }
    return run((answer) => answer).then((answer) => {
      prove(Promise.resolve());
      return answer;
    });
  }

  /** Sent behind a statement that has ended the transaction it stands by itself, and proves nothing. */
  async #prove(proving: Proving, first: Promise<unknown>, sent: Promise<unknown>): Promise<void> {
    const [wrote, proof] = await Promise.allSettled([first, sent]);
    if (wrote.status === 'rejected') {
      this.#wrote = false;
      return;
    }
    if (proof.status === 'fulfilled') {
      proving.proved();
      return;
    }
    proving.failed(proof.reason);
    if ((await this.#asked()) !== true) this.#over('ROLLED_BACK', proof.reason);
  }

  /** A transaction that was ended and begun again seems to be open, but has lost its savepoints. */
  async #marked<T>(send: () => Promise<T>): Promise<T> {
    await this.#watched(() => this.#connection.query(`SAVEPOINT ${mark}`), 'ROLLED_BACK');
    try {
      return await this.#watched(send, 'UNKNOWN');
    } finally {
      if (this.#end === null) {
        await this.#connection
          .query(`RELEASE SAVEPOINT ${mark}`)
          .catch((error: unknown) => this.#over('UNKNOWN', error));
      }
      this.#refuseWhenOver();
    }
  }

  async #watched<T>(send: () => Promise<T>, onError: TransactionEnd['outcome']): Promise<T> {
    let answer: T;
    try {
      answer = await send();
    } catch (error) {
      if ((await this.#asked()) !== true) this.#over(onError, error);
      throw error;
    }
    if (!this.#inTransaction) this.#over('UNKNOWN', null);
    this.#refuseWhenOver();
    return answer;
  }

  /** Whether a transaction is open; `null` without an answer. The driver takes each error for a yes. */
  async #asked(): Promise<boolean | null> {
    try {
      await this.#connection.query(this.#driver.nothing);
      return this.#inTransaction;
    } catch {
      return null;
    }
  }

  #over(outcome: TransactionEnd['outcome'], cause: unknown): void {
    if (this.#end !== null) return;
    this.#end = { outcome, fault: faultOf(cause), cause };
    this.#onOver(this.#end);
  }

  #refuseWhenOver(): void {
    if (this.#end === null) return;
    const { outcome, cause } = this.#end;
    throw outcome === 'ROLLED_BACK' ? new TransactionRolledBackError(cause) : new WriteNotAtomicError(cause);
  }

  /** According to the last answer. */
  get #inTransaction(): boolean {
    return this.#driver.isInTransaction(this.#connection);
  }
}

/** Sent by this code or by Prisma to manage the transaction, not by its user, whose statements ask for rows as arrays. */
export function isOwn(sql: Statement): boolean {
  return typeof sql === 'string' || sql.rowsAsArray !== true;
}
