/**
 * What the reads of one operation may have seen, learned on the way: its first statement is followed, on the same
 * connection and without waiting, by the question for the node's position. The server answers in that order, so
 * the answer includes everything the statement saw, and an operation of one statement, as most are, need not ask
 * afterwards. Prisma batches lookups across operations: then a statement runs in the scope of another operation, the
 * counts do not match, and the position is requested afterwards. Shared lookups (shared-lookups.ts) report to all that share
 * them.
 */
import type { Position } from '../../consistency/position.ts';

export type NodePositions = { readonly reached: Position; readonly observed: Position };

export class ReadObservation {
  readonly #wanted: boolean;
  #statements = 0;
  #positions: NodePositions | null = null;

  constructor(wanted: boolean) {
    this.#wanted = wanted;
  }

  /** Counts a statement. True when it is the one to ask behind. */
  begins(): boolean {
    this.#statements += 1;
    return this.#wanted && this.#statements === 1;
  }

  get isWanted(): boolean {
    return this.#wanted;
  }

  /** One statement read for this operation and for others: what is known of it. */
  share(statement: ReadObservation): void {
    if (this.begins()) this.#positions = statement.#positions;
  }

  learn(positions: NodePositions): void {
    this.#positions = positions;
  }

  /** Includes everything that this many reads have seen; `null` if that was not learned on the way. */
  after(reads: number): NodePositions | null {
    return reads === 1 && this.#statements === 1 ? this.#positions : null;
  }
}
