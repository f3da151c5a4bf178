/**
 * The pool that Prisma's adapter is given: the driver's own, with some things learned and done on the way.
 *
 * What was committed: captured-commits.ts. What was seen: observed-reads.ts, and a snapshot begins with its position.
 * What was changed: of mirrored models, rows for the outbox go into the transaction; a single write becomes one.
 * What went wrong: faults are counted, lost connections reported, since Prisma's errors no longer tell them apart.
 */
import type { EventEmitter } from 'node:events';
import type { Pool, PoolConnection } from 'mariadb';
import { TidemarkError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import {
  CommitOverdueError,
  certainRefusals,
  type DriverFault,
  faultInWords,
  faultOf,
  lacksRight,
  NodeDownError,
} from '../../servers/mysql-family/driver-fault.ts';
import { type Statement, textOf } from '../../servers/mysql-family/joined-statements.ts';
import type { Sockets } from '../../servers/mysql-family/sockets.ts';
import { mayChangeConnection } from '../../servers/mysql-family/statement-role.ts';
import { targetOf } from '../../servers/mysql-family/write-statement.ts';
import { MirroredTransaction } from '../mirroring/mirrored-transaction.ts';
import type { WatchedTables } from '../mirroring/watched-tables.ts';
import { currentObservation } from '../session/current-session.ts';
import { beginSnapshot, currentSnapshotScope, type SnapshotScope } from '../session/positioned-snapshot.ts';
import { CommitDeadline } from '../write/commit-deadline.ts';
import { type CommitProof, CommitProofs, mayWrite, proofStatement } from '../write/commit-proof.ts';
import { currentCapture, type WriteCapture } from '../write/write-capture.ts';
import { Acquisitions, type AcquisitionsOptions } from './acquisitions.ts';
import { CapturedCommits, type HowCaptured } from './captured-commits.ts';
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
  withText,
} from './sent-statements.ts';
import { isOwn, type Proving, type TransactionEnd, TransactionGuard } from './transaction-guard.ts';

const endPatienceMs = 1000;

/** The part of a pool that the adapter uses. */
type UsedPool = Pick<Pool, 'getConnection' | 'query' | 'execute' | 'end'>;

export type Mirroring = {
  readonly tables: WatchedTables;
  /** Called behind each commit that wrote outbox rows. */
  readonly onAppended: () => void;
};

export class CapturingPool implements UsedPool {
  readonly #pool: Pool;
  readonly #onConnectionLost: (trouble: string) => void;
  readonly #sockets: Sockets;
  readonly #clock: Clock;
  readonly #acquisitions: Acquisitions;
  readonly #proofs: CommitProofs | null;
  readonly #commitPatienceMs: () => number;
  /** Whether the server is there, after a connection to it was lost. */
  readonly #isThere: () => Promise<boolean>;
  readonly #faults = new Map<DriverFault, number>();
  readonly #observedReads = new ObservedReads();
  readonly #capturedCommits: CapturedCommits;
  #mirroring: Mirroring | null = null;

  constructor(
    pool: Pool,
    options: {
      learnPositions: boolean;
      proveCommits: boolean;
      sockets: Sockets;
      clock: Clock;
      onConnectionLost: (trouble: string) => void;
      isThere: () => Promise<boolean>;
      commitPatienceMs: () => number;
    } & AcquisitionsOptions,
  ) {
    this.#pool = pool;
    this.#capturedCommits = new CapturedCommits(options);
    this.#proofs = options.proveCommits ? new CommitProofs() : null;
    this.#sockets = options.sockets;
    this.#clock = options.clock;
    this.#acquisitions = new Acquisitions(pool, options);
    this.#isThere = options.isThere;
    this.#commitPatienceMs = options.commitPatienceMs;
    this.#onConnectionLost = options.onConnectionLost;
    // The driver's types leave out that pools emit errors; one that nobody listens to would end the process.
    (pool as unknown as EventEmitter).on('error', () => undefined);
  }

  /** How often a fault was met. Grows: compare before and after to learn what a failure was. */
  faultsMet(fault: DriverFault): number {
    return this.#faults.get(fault) ?? 0;
  }

  /** From now on, writes to these tables bring their outbox rows. */
  mirror(mirroring: Mirroring): void {
    this.#mirroring = mirroring;
  }

  /** Connections that serve somebody and that serve nobody, and requests that wait for one. */
  get load(): { readonly active: number; readonly idle: number; readonly waiting: number } {
    const pool = this.#pool;
    return { active: pool.activeConnections(), idle: pool.idleConnections(), waiting: pool.taskQueueSize() };
  }

  /** The adapter asks for the driver's pool type; it calls nothing but what `UsedPool` has. */
  forAdapter(): Pool {
    return this as unknown as Pool;
  }

  /**
   * For one transaction, and all of it belongs to the work that began it: Prisma sends the statements of all transactions
   * that are asked for in one tick in the scope of the first, so the scope of a statement tells nothing.
   */
  async getConnection(): Promise<PoolConnection> {
    const capture = currentCapture() ?? null;
    const snapshot = currentSnapshotScope();
    const connection = await this.#noting(() => this.#acquisitions.acquire(), capture);
    const used = this.#wrapped(connection, capture, snapshot);
    for (const scope of [capture, snapshot]) if (scope !== null) scope.own = ownStatements(used);
    return used as PoolConnection;
  }

  #wrapped(
    connection: PoolConnection,
    capture: WriteCapture | null,
    snapshot: SnapshotScope | null = null,
  ): UsedConnection {
    const onOver = (end: TransactionEnd) => {
      if (capture !== null) capture.ended = end;
    };
    const guard = new TransactionGuard(connection, onOver, capture && this.#proving(connection, capture));
    const deadline = new CommitDeadline(this.#clock, this.#commitPatienceMs);
    const mirrored = this.#mirroring && new MirroredTransaction(guard, this.#mirroring.tables);
    const send = (how: Sending, sql: Statement, values: unknown) =>
      this.#noting(() => {
        const used = snapshot === null ? guard : guard.beside(sql);
        if (mirrored === null) return used[how](sql, values);
        return mirrored.run(textOf(sql), values, (text, given) => used[how](withText(sql, text), given));
      }, capture) as Promise<never>;
    const commit = (sql: Statement) => {
      const sending = () => deadline.within(connection.query(sql));
      if (capture === null) return this.#noting(() => guard.commit(sending), capture);
      const how = { refusals: certainRefusals, pipelined: true, guard };
      return guard.commit(() => this.#captured(connection, capture, how, sending));
    };
    const giveBack = async () => {
      guard.giveBack();
      if (deadline.isOver) void deadline.answered.then(() => connection.destroy());
      // What its row says of this transaction the next one must not change.
      else if (guard.leavesNothing && capture?.state !== 'COMMITTING') await connection.release();
      else connection.destroy();
    };
    return {
      query: (sql: Statement, values?: unknown) => {
        if (deadline.isOver) return Promise.reject(new CommitOverdueError());
        if (snapshot !== null && textOf(sql) === 'BEGIN') {
          return this.#noting(() => beginSnapshot(connection, snapshot), capture) as Promise<never>;
        }
        if (textOf(sql) !== 'COMMIT' || !isOwn(sql)) return send(safely('query', sql), sql, values);
        return mirrored === null ? commit(sql) : this.#withOutbox(guard, mirrored, capture, () => commit(sql));
      },
      execute: (sql: Statement, values?: unknown) => send('execute', sql, values),
      on: connection.on.bind(connection),
      off: connection.off.bind(connection),
      release: giveBack,
      end: giveBack,
    };
  }

  #proving(connection: PoolConnection, capture: WriteCapture): Proving {
    let next: CommitProof | null = null;
    return {
      mayWrite,
      statement: () => {
        next = this.#proofs?.next(connection, this.#clock.monotonic()) ?? null;
        return next && proofStatement(next);
      },
      proved: () => {
        capture.proof = next;
      },
      failed: (error) => this.#proofs?.failed(error, this.#clock.monotonic()),
    };
  }

  /** Commits with the outbox rows, or not at all. */
  async #withOutbox<T>(
    guard: TransactionGuard,
    mirrored: MirroredTransaction,
    capture: WriteCapture | null,
    commit: () => Promise<T>,
  ): Promise<T> {
    let appended: number;
    try {
      appended = await this.#noting(() => mirrored.append(), capture);
    } catch (error) {
      await guard.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
    try {
      return await commit();
    } finally {
      if (appended > 0) this.#mirroring?.onAppended();
    }
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

  /** Sends away everybody who waits for a connection: the driver would let them wait for one that cannot be opened. */
  refuseWaiting(): void {
    this.#acquisitions.refuse();
  }

  /** Ends all connections at once, as lost: a silent server would never end what runs on them. */
  cut(): void {
    this.refuseWaiting();
    this.#sockets.cut();
  }

  /** A read whose connection was lost is sent once more when the server is there: it may have closed one that was idle. */
  async #alone<T>(how: Sending, sql: Statement, values: unknown): Promise<T> {
    try {
      return await this.#sent<T>(how, sql, values);
    } catch (error) {
      const mayGoAgain = faultOf(error) === 'CONNECTION' && !(error instanceof NodeDownError) && !isWrite(textOf(sql));
      if (!mayGoAgain || currentCapture() !== undefined || !(await this.#isThere())) throw error;
      return this.#sent<T>(how, sql, values);
    }
  }

  async #sent<T>(how: Sending, sql: Statement, values: unknown): Promise<T> {
    const capture = currentCapture();
    const connection = await this.#noting(() => this.#acquisitions.acquire());
    let isSpoiled = mayChangeConnection(textOf(sql));
    try {
      const sending = safely(how, sql);
      const send = () => connection[sending]<T>(sql, values);
      if (this.#mirroring?.tables.has(targetOf(textOf(sql)) ?? '') === true) {
        return await inTransaction(this.#wrapped(connection, capture ?? null), (own) => own[how]<T>(sql, values));
      }
      if (capture === undefined || !isWrite(textOf(sql))) {
        // Only a text can be joined with another, and only rows that come as arrays are worth it.
        const observation = sending === 'query' ? currentObservation() : undefined;
        if (observation?.begins() !== true || !answersArrays(sql) || !this.#observedReads.joins)
          return await this.#noting(send);
        const read = { sql, values, observation, sendAlone: send };
        return await this.#noting(() => this.#observedReads.run<T>(connection, read));
      }
      return await this.#captured(connection, capture, { refusals: refusalsOfStatements, pipelined: false }, send);
    } catch (error) {
      isSpoiled ||= lacksRight(error);
      throw error;
    } finally {
      if (isSpoiled) connection.destroy();
      else void connection.release();
    }
  }

  #captured<T>(
    connection: PoolConnection,
    capture: WriteCapture,
    how: HowCaptured,
    send: () => Promise<T>,
  ): Promise<T> {
    return this.#capturedCommits.run(connection, capture, how, () => this.#noting(send, capture));
  }

  async #noting<T>(send: () => Promise<T>, capture = currentCapture() ?? null): Promise<T> {
    try {
      return await send();
    } catch (error) {
      this.#note(faultOf(error), error, capture);
      throw error;
    }
  }

  #note(fault: DriverFault, error: unknown, capture: WriteCapture | null): void {
    // Our own refusals to send anything say nothing new.
    if (error instanceof TidemarkError) {
      if (capture !== null) capture.refusal = error;
      return;
    }
    capture?.failed(fault, error);
    this.#faults.set(fault, this.faultsMet(fault) + 1);
    if (fault === 'CONNECTION' && !(error instanceof NodeDownError)) this.#onConnectionLost(faultInWords(error));
  }
}
