/**
 * Writes on the source: one short transaction, its position learned at commit.
 *
 *   deadlock, lock timeout         nothing was written: retried, a limited number of times and for a limited time; also if
 *                                  the work continues as if nothing had happened, because its transaction has ended
 *   connection lost before COMMIT  nothing was written: run again once the source is there, otherwise SOURCE_UNAVAILABLE
 *   connection lost at COMMIT,     the source is asked for the outcome (commit-settlement.ts): committed, or nothing was
 *   COMMIT not answered in time    written; WRITE_INDETERMINATE if it cannot be asked in time, or keeps no proof
 *   group lost at COMMIT           the same: but the other members may have it although this one rolls back
 *   committed without a GTID       only the source certainly has it, and the caller is told so
 *   committed, position unknown    a position of the source read afterwards includes the write; without one, WRITE_INDETERMINATE
 */
import type { Position } from '../../consistency/position.ts';
import { TidemarkError } from '../../errors.ts';
import { type BackoffOptions, backoffMs } from '../../platform/backoff.ts';
import type { Clock } from '../../platform/clock.ts';
import { within as inTime, OverdueError } from '../../platform/deadline.ts';
import { retryAfterMs, SourceUnavailableError } from '../../routing/errors.ts';
import type { DriverFault } from '../../servers/driver-fault.ts';
import type { Untold } from '../../servers/untold.ts';
import {
  OverloadedError,
  StatementTimeoutError,
  WriteContendedError,
  WriteIndeterminateError,
  WriteNotAtomicError,
} from '../errors.ts';
import type { DatabaseScope } from '../session/database-scope.ts';
import type { Committed, Work } from '../session/database-session.ts';
import type { CommitProof } from './commit-proof.ts';
import type { Settled } from './commit-settlement.ts';
import { WriteCapture } from './write-capture.ts';

/** The result of a write, and what only its event needs. */
export type Written<T> = Committed<T> & {
  /** Rows that it has added to the outbox. */
  readonly appended: number;
};

/** The part of a Prisma client that writes need. */
export type TransactionRunner<Transaction> = {
  $transaction<T>(
    work: (transaction: Transaction) => Promise<T>,
    options: { maxWait: number; timeout: number },
  ): Promise<T>;
};

export type SourceWriterOptions<Transaction> = {
  readonly clock: Clock;
  /** Counts only time in which this process could run. Default: `clock`. */
  readonly ownClock?: Clock;
  readonly random: () => number;
  /** Of the database that is written to. */
  readonly scope: DatabaseScope;
  /** The source of now and its client. Throws `SourceUnavailableError`. */
  readonly source: () => { readonly node: string; readonly client: TransactionRunner<Transaction> };
  readonly observe: (nodeName: string) => Promise<Position>;
  /** The newest known position of a node. */
  readonly known: (nodeName: string) => Position | null;
  /** The server that was taken for the source takes no writes. */
  readonly refused: () => void;
  /** Whether a node is there, after a connection to it was lost. */
  readonly isThere: (nodeName: string) => Promise<boolean>;
  /** What became of a transaction whose COMMIT was sent at a reading of the monotonic clock. Does not reject. */
  readonly settle: (node: string, proof: CommitProof, sentMs: number, fault: DriverFault | null) => Promise<Settled>;
  /** The source was found to commit without a position. */
  readonly untold: (nodeName: string, why: Untold) => void;
  /** Whether the positions of a node are known to say nothing. */
  readonly isBlind: (nodeName: string) => boolean;
  /** Work on a node begins; the returned function ends it. */
  readonly busy: (nodeName: string) => () => void;
  /** How long a transaction may wait for a connection, and last, in milliseconds. */
  readonly maxWaitMs: number;
  readonly timeoutMs: number;
};

/** Nothing was written, and another time it may be. The last one only when the group is known to have meant that. */
const contentions: ReadonlySet<DriverFault> = new Set([
  'DEADLOCK',
  'LOCK_TIMEOUT',
  'CHANGED',
  'GROUP_ROLLED_BACK',
] as const);
const maxAttempts = 5;
const maxLosses = 3;
/**
 * The other limits apply first: the pool's wait for a connection, and our limit of a transaction's duration. Both
 * know how much of the time was this process's own; Prisma also counts time in which the process was stopped.
 */
export const prismaGraceMs = 60_000;
const backoff: BackoffOptions = { firstMs: 5, factor: 3, maxMs: 200 };

export class SourceWriter<Transaction> {
  readonly #options: SourceWriterOptions<Transaction>;

  constructor(options: SourceWriterOptions<Transaction>) {
    this.#options = options;
  }

  async write<T>(work: Work<Transaction, T>): Promise<Written<T>> {
    const { value, capture, node } = await this.#committed(work);
    const issuedAtMs = this.#options.clock.now();
    const { appended } = capture;
    if (capture.untold !== null) {
      this.#options.untold(node, capture.untold);
      return { value, position: null, onlyOnSource: true, includesItsReads: false, issuedAtMs, appended };
    }
    const known = { value, onlyOnSource: false, issuedAtMs, appended };
    if (!capture.positionUnknown) {
      const { position } = capture;
      return { ...known, position, includesItsReads: this.#includesItsReads(position, node) };
    }
    if (this.#options.isBlind(node)) return { ...known, position: null, onlyOnSource: true, includesItsReads: false };
    try {
      return { ...known, position: await this.#options.observe(node), includesItsReads: true };
    } catch (error) {
      throw new WriteIndeterminateError(error);
    }
  }

  /**
   * In a history that is one line, a commit comes after everything its transaction saw. If it has several domains or servers,
   * the position of the commit says nothing about the others' lines.
   */
  #includesItsReads(position: Position | null, node: string): boolean {
    const known = this.#options.known(node);
    return position !== null && known !== null && position.includes(known);
  }

  async annotate<T>(work: Work<Transaction, T>): Promise<T> {
    return (await this.#committed(work)).value;
  }

  async #committed<T>(work: Work<Transaction, T>): Promise<{ value: T; capture: WriteCapture; node: string }> {
    const { maxWaitMs, timeoutMs, clock, random, scope } = this.#options;
    const { ownClock = clock } = this.#options;
    const limits = { maxWait: maxWaitMs + prismaGraceMs, timeout: timeoutMs + prismaGraceMs };
    const givenUpMs = clock.monotonic() + timeoutMs;
    let losses = 0;
    for (let attempt = 0; ; attempt += 1) {
      const { node, client } = this.#options.source();
      const capture = new WriteCapture();
      const done = this.#options.busy(node);
      let made: { readonly value: T } | null = null;
      const making = async (transaction: Transaction) => {
        const value = await work(transaction, capture.own);
        made = { value };
        return value;
      };
      const inTimeOnly = (transaction: Transaction) => inTime(making(transaction), timeoutMs, ownClock);
      try {
        const value = await scope.writing(capture, async () => client.$transaction(inTimeOnly, limits));
        return { value, capture, node };
      } catch (error) {
        if (capture.ended?.outcome === 'UNKNOWN') throw new WriteNotAtomicError(error);
        const settled = await this.#settled(capture, node);
        if (settled?.outcome === 'COMMITTED' && made !== null) {
          const { value }: { readonly value: T } = made;
          return { value, capture, node: settled.node };
        }
        const fault = capture.ended?.fault ?? capture.fault;
        // An idle connection, or one that was killed: the server has rolled back, and may be healthy.
        if (losses < maxLosses && fault === 'CONNECTION' && capture.state === 'OPEN') {
          losses += 1;
          if (await this.#options.isThere(node)) continue;
        }
        const contended = fault !== null && contentions.has(fault);
        if (!contended || capture.state !== 'OPEN') throw this.#verdict(capture, error);
        const attempts = attempt + 1;
        if (attempts >= maxAttempts || clock.monotonic() >= givenUpMs) throw new WriteContendedError(attempts, error);
        await clock.sleep(backoffMs(attempt, backoff, random));
      } finally {
        done();
      }
    }
  }

  /** `null` if it is known, or cannot be determined. Records the result in the capture. */
  async #settled(capture: WriteCapture, node: string): Promise<Settled | null> {
    const { state, proof, commitSentMs, fault } = capture;
    if (state !== 'COMMITTING' || proof === null || commitSentMs === null) return null;
    const settled = await this.#options.settle(node, proof, commitSentMs, fault);
    if (settled.outcome === 'COMMITTED') {
      capture.committed(null);
      capture.positionUnknown = true;
    }
    if (settled.outcome === 'ROLLED_BACK') capture.state = 'OPEN';
    return settled;
  }

  /** The error that the caller of a failed write gets. */
  #verdict(capture: WriteCapture, error: unknown): unknown {
    if (capture.state !== 'OPEN') return new WriteIndeterminateError(error);
    const fault = capture.ended?.fault ?? capture.fault;
    if (fault === 'READ_ONLY' || fault === 'UNABLE' || fault === 'ABSENT') this.#options.refused();
    switch (fault) {
      case 'CONNECTION':
      case 'READ_ONLY':
        return new SourceUnavailableError('The source was lost before the write was committed; nothing was written', {
          cause: error,
          facts: { retryAfterMs },
        });
      case 'UNABLE':
      case 'ABSENT':
        return new SourceUnavailableError(
          'The source cannot carry out this write with its current settings; nothing was written',
          {
            cause: error,
            facts: { retryAfterMs },
          },
        );
      case 'EXHAUSTED':
        return new OverloadedError(error);
      case 'STATEMENT_TIMEOUT':
      case 'COMMIT_OVERDUE':
        return new StatementTimeoutError(error);
      default:
        if (error instanceof OverdueError || isTransactionTimeout(error)) return new StatementTimeoutError(error);
        if (isAbout(capture.refusal, error)) return capture.refusal;
        return error instanceof TidemarkError ? error : (capture.refusedValue ?? error);
    }
  }
}

/** Prisma ended the transaction because it took too long, or knows that it has ended. */
export function isTransactionTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'P2028';
}

/** Prisma makes an error of its own of it, with the same code. */
function isAbout(refusal: TidemarkError | null, error: unknown): boolean {
  return refusal !== null && error instanceof Error && 'code' in error && error.code === refusal.code;
}
