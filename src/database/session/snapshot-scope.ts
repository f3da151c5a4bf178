import type { OwnStatements } from '../clients/own-statements.ts';
import type { NodePositions } from './read-observation.ts';

/** The state that a transaction is about to fix. */
export class SnapshotScope {
  positions: NodePositions | null = null;
  /** What the transaction runs on, once it has it. */
  own: OwnStatements | null = null;
}
