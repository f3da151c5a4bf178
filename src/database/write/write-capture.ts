/**
 * Which transaction a piece of work committed, learned on the connection that committed it.
 *
 *   OPEN --COMMIT sent--> COMMITTING --answered--> COMMITTED
 *                                    --refused---> OPEN        (nothing was written)
 *                                    --connection lost: stays COMMITTING, until the source has been asked (commit-settlement.ts)
 */
import type { Position } from '../../consistency/position.ts';
import type { TidemarkError } from '../../errors.ts';
import type { DriverFault } from '../../servers/driver-fault.ts';
import { refusedValueOf } from '../../servers/faults.ts';
import type { ValueRefusedError } from '../../servers/refused-value.ts';
import type { Untold } from '../../servers/untold.ts';
import { type OwnStatements, unconnected } from '../clients/own-statements.ts';
import type { TransactionEnd } from '../clients/transaction-guard.ts';
import type { CommitProof } from './commit-proof.ts';

export type CommitState = 'OPEN' | 'COMMITTING' | 'COMMITTED';

export class WriteCapture {
  state: CommitState = 'OPEN';
  /** Includes the committed write; `null` when it wrote nothing, or when `positionUnknown` or `untold`. */
  position: Position | null = null;
  positionUnknown = false;
  /** Why no position covers it; `null` if one does. */
  untold: Untold | null = null;
  /** Rows that its transaction has added to the outbox. */
  appended = 0;
  /** The last fault that the driver reported for this work. */
  fault: DriverFault | null = null;
  /** The transaction has ended, and not by its own COMMIT or ROLLBACK. */
  ended: TransactionEnd | null = null;

  /** What the last fault says about a value; `null` if it is not about one. */
  refusedValue: ValueRefusedError | null = null;
  /** Shows whether it was committed if the answer to its COMMIT is lost; `null` before its first write, and if there is none. */
  proof: CommitProof | null = null;
  /** When its COMMIT was sent, by the monotonic clock. */
  commitSentMs: number | null = null;

  /** What its transaction runs on, once it has it. */
  own: OwnStatements = unconnected;
  /** The last statement that was not sent, and why: Prisma passes on no more than its code. */
  refusal: TidemarkError | null = null;

  failed(fault: DriverFault, error: unknown): void {
    this.fault = fault;
    this.refusedValue = refusedValueOf(error);
  }

  committed(position: Position | null): void {
    this.state = 'COMMITTED';
    if (position === null) return;
    this.position = this.position === null ? position : this.position.merge(position);
  }
}
