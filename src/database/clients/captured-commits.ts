/**
 * What was committed: COMMIT, or a single write outside a transaction, is followed on the same connection by the statement
 * that returns its position. After a COMMIT it is sent without waiting (the driver pipelines), so a commit still costs one round
 * trip. A single write may have to be prepared first, and a statement sent after it could overtake it: there it waits.
 */

import type { Clock } from '../../platform/clock.ts';
import type { PooledConnection } from '../../servers/connection.ts';
import { CommitOverdueError, type DriverFault } from '../../servers/driver-fault.ts';
import { faultOf, wasNeverSent } from '../../servers/faults.ts';
import type { CommitAnswer } from '../../servers/flavour.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import { isUntold } from '../../servers/untold.ts';
import type { WriteCapture } from '../write/write-capture.ts';
import type { TransactionGuard } from './transaction-guard.ts';

/** `refusals`: after these nothing was written. `pipelined`: nothing overtakes what is sent behind it. */
export type HowCaptured = {
  readonly refusals: ReadonlySet<DriverFault>;
  readonly pipelined: boolean;
  readonly guard?: TransactionGuard;
};

export class CapturedCommits {
  readonly #learnPositions: boolean;
  readonly #clock: Clock;
  /** Each connection's last answer, to recognise a commit that wrote nothing. */
  readonly #lastOwn = new WeakMap<object, CommitAnswer>();

  constructor({ learnPositions, clock }: { readonly learnPositions: boolean; readonly clock: Clock }) {
    this.#learnPositions = learnPositions;
    this.#clock = clock;
  }

  async run<T>(
    connection: PooledConnection,
    capture: WriteCapture,
    { refusals, pipelined, guard }: HowCaptured,
    send: () => Promise<T>,
  ): Promise<T> {
    const before = capture.state;
    capture.state = 'COMMITTING';
    capture.commitSentMs = this.#clock.monotonic();
    const committing = send();
    const { commits, driver } = flavourOf(connection);
    const ask = () => commits.ask(connection).catch(() => undefined);
    const asking = this.#learnPositions && pipelined ? ask() : null;
    let answer: T;
    try {
      answer = await committing;
    } catch (error) {
      const mayBeAsked = !(error instanceof CommitOverdueError);
      const isRefused =
        refusals.has(faultOf(error)) || wasNeverSent(error) || (mayBeAsked && (await guard?.isStillOpen()) === true);
      if (isRefused) capture.state = before;
      throw error;
    }
    if (!this.#learnPositions) {
      capture.committed(null);
      return answer;
    }
    const row = await (asking ?? ask());
    if (row === undefined) {
      capture.committed(null);
      capture.positionUnknown = true;
      return answer;
    }
    const key = driver.keyOf(connection);
    const own = commits.own(row, this.#lastOwn.get(key));
    if (isUntold(own)) capture.untold = own;
    capture.committed(isUntold(own) ? null : own);
    this.#lastOwn.set(key, row);
    return answer;
  }
}
