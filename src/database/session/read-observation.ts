/**
 * What the reads of one operation may have seen, learned on the way: its first statement is followed, on the same
 * connection and without waiting between, by the question how far the node has come. The server answers in that order, so
 * the answer includes all that the statement saw, and an operation of one statement, which most are, need not ask
 * afterwards. Prisma batches lookups across operations: then a statement runs in the scope of another operation, the
 * counts do not match, and the position is asked for as ever. Ours that are shared (shared-lookups.ts) tell all that share them.
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

  /** What includes all that so many reads have seen, `null` when that was not learned on the way. */
  after(reads: number): NodePositions | null {
    return reads === 1 && this.#statements === 1 ? this.#positions : null;
  }
}
