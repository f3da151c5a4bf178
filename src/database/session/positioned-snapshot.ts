/** A transaction that reads one state of the database and knows which one: how that is learned is the server's own business. */

import type { Clock } from '../../platform/clock.ts';
import type { Sends } from '../../servers/connection.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import type { OwnStatements } from '../clients/own-statements.ts';
import { prismaGraceMs, type TransactionRunner } from '../write/source-writer.ts';
import type { DatabaseScope } from './database-scope.ts';
import type { NodePositions } from './read-observation.ts';
import { SnapshotScope } from './snapshot-scope.ts';

export type PositionedSnapshot<Transaction> = {
  readonly reader: Transaction;
  readonly own: OwnStatements;
  /** All that is in `reached` is seen, nothing is seen that is not in `observed`. */
  readonly positions: NodePositions;
  /** Gives the connection back. */
  end(): void;
};

/** Begins a transaction on `connection` whose state and position are known. What fixes the state is sent at once. */
export async function beginSnapshot(connection: Pick<Sends, 'query'>, snapshot: SnapshotScope) {
  snapshot.positions = await flavourOf(connection).beginSnapshot(connection);
}

type SnapshotOptions = {
  readonly scope: DatabaseScope;
  readonly maxWaitMs: number;
  readonly timeoutMs: number;
  readonly ownClock: Clock;
};

/** Opens a snapshot on one node, which lasts until `end`, or `timeoutMs` at most. */
export function openSnapshot<Transaction>(
  client: TransactionRunner<Transaction>,
  { scope, maxWaitMs, timeoutMs, ownClock }: SnapshotOptions,
): Promise<PositionedSnapshot<Transaction>> {
  const snapshot = new SnapshotScope();
  const limits = { maxWait: maxWaitMs + prismaGraceMs, timeout: timeoutMs + prismaGraceMs };
  return new Promise((resolve, reject) => {
    const reading = (reader: Transaction) =>
      new Promise<void>((end) => {
        const { positions, own } = snapshot;
        if (positions === null || own === null) throw new Error('A snapshot was begun like any other transaction');
        const cancel = ownClock.after(timeoutMs, end);
        const endNow = () => {
          cancel();
          end();
        };
        resolve({ reader, own, positions, end: endNow });
      });
    // Await inside of the scope: Prisma's promises are lazy.
    scope.beginning(snapshot, async () => client.$transaction(reading, limits)).catch(reject);
  });
}
