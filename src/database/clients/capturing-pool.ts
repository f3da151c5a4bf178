/**
 * The pool that Prisma's adapter gets: the driver's own, with capture added.
 *
 * What was committed: captured-commits.ts. What was seen: observed-reads.ts. Transactions: transaction-connection.ts; a
 * single write to a mirrored table becomes one. What went wrong: met-faults.ts, since Prisma's errors no longer distinguish
 * faults. Which work a statement belongs to is known from the scope of the database.
 */

import type { Clock } from '../../platform/clock.ts';
import { type ConnectionPool, type PooledConnection, type Statement, textOf } from '../../servers/connection.ts';
import type { AdapterPool, Driver } from '../../servers/driver.ts';
import { type DriverFault, NodeDownError } from '../../servers/driver-fault.ts';
import { faultOf, lacksRight } from '../../servers/faults.ts';
import type { DatabaseScope } from '../session/database-scope.ts';
import { CommitProofs } from '../write/commit-proof.ts';
import { Acquisitions, type AcquisitionsOptions } from './acquisitions.ts';
import { CapturedCommits } from './captured-commits.ts';
import { MetFaults, type RefusedRead } from './met-faults.ts';
import { ObservedReads } from './observed-reads.ts';
import { ownStatements } from './own-statements.ts';
import {
  answersArrays,
  inTransaction,
  isWrite,
  refusalsOfStatements,
  type Sending,
  safely,
  type UsedConnection,
} from './sent-statements.ts';
import { type Mirroring, type TransactionServices, transactionOn } from './transaction-connection.ts';

const endPatienceMs = 1000;

export class CapturingPool implements AdapterPool {
  readonly #pool: ConnectionPool;
  readonly #driver: Driver;
  readonly #cut: () => void;
  readonly #clock: Clock;
  readonly #acquisitions: Acquisitions;
  readonly #scope: DatabaseScope;
  /** Whether the server is there, after a connection to it was lost. */
  readonly #isThere: () => Promise<boolean>;
  readonly #faults: MetFaults;
  readonly #observedReads = new ObservedReads();
  readonly #commits: CapturedCommits;
  #transactions: TransactionServices;

  constructor(
    pool: ConnectionPool,
    options: {
      learnPositions: boolean;
      proveCommits: boolean;
      scope: DatabaseScope;
      driver: Driver;
      /** Ends all connections at once. */
      cut: () => void;
      clock: Clock;
      onConnectionLost: (trouble: string) => void;
      isThere: () => Promise<boolean>;
      commitPatienceMs: () => number;
    } & AcquisitionsOptions,
  ) {
    this.#pool = pool;
    this.#scope = options.scope;
    this.#driver = options.driver;
    this.#cut = options.cut;
    this.#clock = options.clock;
    this.#acquisitions = new Acquisitions(pool, options);
    this.#isThere = options.isThere;
    this.#faults = new MetFaults(options.onConnectionLost);
    this.#commits = new CapturedCommits(options);
    this.#transactions = {
      clock: options.clock,
      commitPatienceMs: options.commitPatienceMs,
      driver: options.driver,
      again: (how, sql, values) => this.#again(how, sql, values),
      proofs: options.proveCommits ? new CommitProofs() : null,
      faults: this.#faults,
      commits: this.#commits,
      mirroring: null,
    };
  }

  /** How often a fault was met. Grows: compare before and after to learn what a failure was. */
  faultsMet(fault: DriverFault): number {
    return this.#faults.count(fault);
  }

  /** The last read that the server refused for a reason of its own. Another one with each that is. */
  get lastRefused(): RefusedRead | null {
    return this.#faults.lastRefused;
  }

  /** From now on, writes to these tables bring their outbox rows. */
  mirror(mirroring: Mirroring): void {
    this.#transactions = { ...this.#transactions, mirroring };
  }

  /** Connections in use, idle connections, and requests that wait for one. */
  get load(): { readonly active: number; readonly idle: number; readonly waiting: number } {
    const pool = this.#pool;
    return { active: pool.activeConnections(), idle: pool.idleConnections(), waiting: pool.taskQueueSize() };
  }

  /**
   * For one transaction, which belongs as a whole to the work that began it: Prisma sends the statements of all transactions
   * that are requested in one tick in the scope of the first, so the scope of a statement is no evidence.
   */
  async getConnection(): Promise<PooledConnection & UsedConnection> {
    const { capture, snapshot } = this.#scope;
    const connection = await this.#faults.noting(() => this.#acquisitions.acquire(), capture);
    const used = transactionOn(connection, this.#transactions, capture, snapshot);
    for (const work of [capture, snapshot]) if (work !== null) work.own = ownStatements(used);
    return used as PooledConnection & UsedConnection;
  }

  /** For work of our own beside the clients, which may be single writes. */
  async takeToWrite(): Promise<UsedConnection> {
    const connection = await this.#faults.noting(() => this.#acquisitions.acquire(), null);
    const used = transactionOn(connection, this.#transactions, null);
    const giveBack = async () => {
      // One that cannot be asked is lost, and the pool finds that out by itself.
      await connection.query(this.#driver.dialect.sessionRefusesWrites).catch(() => undefined);
      await used.release();
    };
    try {
      await this.#faults.noting(() => connection.query(this.#driver.dialect.sessionWrites), null);
    } catch (error) {
      await giveBack();
      throw error;
    }
    return { ...used, release: giveBack, end: giveBack };
  }

  query<T>(sql: Statement, values?: unknown): Promise<T> {
    return this.#alone('query', sql, values);
  }

  execute<T>(sql: Statement, values?: unknown): Promise<T> {
    return this.#alone('execute', sql, values);
  }

  /** Lets what runs end for a moment, then cuts it off: the driver waits long, and for a silent server without end. */
  async end(): Promise<void> {
    let cancel = () => {};
    const patience = new Promise<void>((resolve) => {
      cancel = this.#clock.after(endPatienceMs, resolve);
    });
    await Promise.race([this.#pool.end(), patience]);
    cancel();
    this.cut();
  }

  /** Rejects all requests that wait for a connection: the driver would let them wait for one that cannot be opened. */
  refuseWaiting(): void {
    this.#acquisitions.refuse();
  }

  /** Ends all connections at once, as lost: a silent server would never end what runs on them. */
  cut(): void {
    this.refuseWaiting();
    this.#cut();
  }

  /** A read whose connection was lost is retried once the server is back: the server may have closed an idle connection. */
  async #alone<T>(how: Sending, sql: Statement, values: unknown): Promise<T> {
    try {
      return await this.#sent<T>(how, sql, values);
    } catch (error) {
      const mayGoAgain = faultOf(error) === 'CONNECTION' && !(error instanceof NodeDownError) && !isWrite(textOf(sql));
      if (!mayGoAgain || this.#scope.capture !== null || !(await this.#isThere())) throw error;
      return this.#sent<T>(how, sql, values);
    }
  }

  async #again(how: Sending, sql: Statement, values: unknown): Promise<unknown> {
    const connection = await this.#acquisitions.acquire();
    return connection[how](sql, values).finally(() => connection.destroy());
  }

  async #sent<T>(how: Sending, sql: Statement, values: unknown): Promise<T> {
    const { capture } = this.#scope;
    const { dialect } = this.#driver;
    const connection = await this.#faults.noting(() => this.#acquisitions.acquire(), capture);
    let isSpoiled = dialect.mayChangeConnection(textOf(sql)) || dialect.mayLeaveTransaction(textOf(sql));
    try {
      const sending = safely(dialect, how, sql);
      const send = () => connection[sending]<T>(sql, values);
      if (this.#transactions.mirroring?.tables.has(dialect.targetOf(textOf(sql)) ?? '') === true) {
        const transaction = transactionOn(connection, this.#transactions, capture);
        return await inTransaction(transaction, (own) => own[how]<T>(sql, values));
      }
      if (capture === null || !isWrite(textOf(sql))) {
        // Without a capture the session refuses writes, whatever the text.
        const again = () => this.#again(sending, sql, values);
        // Only a text can be joined with another, and only rows that come as arrays are worth it.
        const observation = sending === 'query' ? this.#scope.observation : undefined;
        if (observation?.begins() !== true || !answersArrays(sql) || !this.#observedReads.joins)
          return await this.#faults.noting(send, capture, again);
        const read = { sql, values, observation, sendAlone: send };
        return await this.#faults.noting(() => this.#observedReads.run<T>(connection, read), capture, again);
      }
      const captured = { refusals: refusalsOfStatements, pipelined: false };
      return await this.#commits.run(connection, capture, captured, () => this.#faults.noting(send, capture));
    } catch (error) {
      isSpoiled ||= lacksRight(error);
      throw error;
    } finally {
      if (isSpoiled) connection.destroy();
      else void connection.release();
    }
  }
}
