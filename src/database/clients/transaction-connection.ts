/**
 * A connection for one transaction, as Prisma's adapter sees it: what it commits is reported to the write that it belongs to, a
 * snapshot begins with its position, and its changes to mirrored tables are recorded with it.
 */

import type { Clock } from '../../platform/clock.ts';
import { type PooledConnection, type Statement, textOf, withText } from '../../servers/connection.ts';
import type { Driver } from '../../servers/driver.ts';
import { CommitOverdueError, certainRefusals } from '../../servers/driver-fault.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import { MirroredTransaction } from '../mirroring/mirrored-transaction.ts';
import type { WatchedTables } from '../mirroring/watched-tables.ts';
import { beginSnapshot } from '../session/positioned-snapshot.ts';
import type { SnapshotScope } from '../session/snapshot-scope.ts';
import { CommitDeadline } from '../write/commit-deadline.ts';
import { type CommitProof, type CommitProofs, mayWrite } from '../write/commit-proof.ts';
import type { WriteCapture } from '../write/write-capture.ts';
import type { CapturedCommits } from './captured-commits.ts';
import type { MetFaults } from './met-faults.ts';
import { type Sending, safely, type UsedConnection } from './sent-statements.ts';
import { isOwn, type Proving, type TransactionEnd, TransactionGuard } from './transaction-guard.ts';

export type Mirroring = {
  readonly tables: WatchedTables;
  /** Called behind each COMMIT of outbox rows, whatever became of it. */
  readonly onAppended?: (() => void) | undefined;
};

/** What all transactions of a pool have in common. */
export type TransactionServices = {
  readonly clock: Clock;
  readonly driver: Driver;
  readonly commitPatienceMs: () => number;
  readonly proofs: CommitProofs | null;
  readonly faults: MetFaults;
  readonly commits: CapturedCommits;
  readonly mirroring: Mirroring | null;
  /** Sends a read of a snapshot again, by itself. */
  readonly again: (how: Sending, sql: Statement, values: unknown) => Promise<unknown>;
};

/** `capture`: of the write that the transaction belongs to. */
export function transactionOn(
  connection: PooledConnection,
  services: TransactionServices,
  capture: WriteCapture | null,
  snapshot: SnapshotScope | null = null,
): UsedConnection {
  const { driver, faults, mirroring } = services;
  const { dialect } = driver;
  const onOver = (end: TransactionEnd) => {
    if (capture !== null) capture.ended = end;
  };
  const guard = new TransactionGuard(connection, driver, onOver, capture && proving(connection, services, capture));
  const deadline = new CommitDeadline(services.clock, services.commitPatienceMs);
  const mirrored = mirroring && new MirroredTransaction(guard, mirroring.tables, flavourOf(connection));
  const send = (how: Sending, sql: Statement, values: unknown) =>
    faults.noting(
      () => {
        const used = snapshot === null ? guard : guard.beside(sql);
        if (mirrored === null) return used[how](sql, values);
        return mirrored.run(textOf(sql), values, (text, given) => used[how](withText(sql, text), given));
      },
      capture,
      snapshot === null ? null : () => services.again(how, sql, values),
    ) as Promise<never>;
  const commit = (sql: Statement) => {
    const sending = () => deadline.within(connection.query(sql));
    if (capture === null) return faults.noting(() => guard.commit(sending), capture);
    const how = { refusals: certainRefusals, pipelined: true, guard };
    return guard.commit(() => services.commits.run(connection, capture, how, () => faults.noting(sending, capture)));
  };
  /** With the outbox rows, or not at all. */
  const commitMirrored = async (sql: Statement, changes: MirroredTransaction) => {
    let appended: number;
    try {
      appended = await faults.noting(() => changes.append(), capture);
      if (capture !== null) capture.appended += appended;
    } catch (error) {
      await guard.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
    try {
      return await commit(sql);
    } finally {
      if (appended > 0) mirroring?.onAppended?.();
    }
  };
  const giveBack = async () => {
    guard.giveBack();
    if (deadline.isOver) void deadline.answered.then(() => connection.destroy());
    // The next transaction must not change what its row proves about this one.
    else if (guard.leavesNothing && capture?.state !== 'COMMITTING') await connection.release();
    else connection.destroy();
  };
  return {
    query: <T>(sql: Statement, values?: unknown): Promise<T> => {
      if (deadline.isOver) return Promise.reject(new CommitOverdueError());
      if (snapshot !== null && textOf(sql) === 'BEGIN') {
        return faults.noting(() => beginSnapshot(connection, snapshot), capture) as Promise<never>;
      }
      // Sessions refuse whatever writes outside of a write.
      if (capture !== null && textOf(sql) === 'BEGIN' && isOwn(sql)) {
        return send('query', withText(sql, dialect.beginToWrite), values);
      }
      if (textOf(sql) !== 'COMMIT' || !isOwn(sql)) return send(safely(dialect, 'query', sql), sql, values);
      return (mirrored === null ? commit(sql) : commitMirrored(sql, mirrored)) as Promise<T>;
    },
    execute: (sql: Statement, values?: unknown) => send('execute', sql, values),
    on: connection.on.bind(connection),
    off: connection.off.bind(connection),
    release: giveBack,
    end: giveBack,
    flavour: () => flavourOf(connection),
  };
}

function proving(
  connection: PooledConnection,
  { driver, proofs, clock }: TransactionServices,
  capture: WriteCapture,
): Proving {
  const questions = flavourOf(connection).proofs;
  let next: CommitProof | null = null;
  return {
    mayWrite: (text) => mayWrite(driver.dialect, text),
    statement: () => {
      next = proofs?.next(connection, clock.monotonic()) ?? null;
      return next && questions.statement(next);
    },
    proved: () => {
      capture.proof = next;
    },
    failed: (error) => proofs?.failed(error, clock.monotonic()),
  };
}
