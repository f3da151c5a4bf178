/**
 * A transaction that reads one state of the database and knows which one. Its position is asked for right before and right
 * behind the moment at which the state is fixed: the first answer tells what is surely in it, the second what may be. Alike,
 * they name it exactly; while something is being committed they differ, and the state is taken anew, a few times.
 *
 * The first answer must err to the low side on every server: a source of MariaDB counts a commit before it shows it, so
 * there what was applied by replication counts as included, and of its own log what the snapshot is proved to show. Only
 * who finds nobody waiting asks where the log ends: the answer would wait as long as they do.
 */
import type { Connection } from 'mariadb';
import type { Clock } from '../../platform/clock.ts';
import { statementsFor } from '../../servers/choose-statements.ts';
import { rowsOf } from '../../servers/server-connection.ts';
import type { Row } from '../../servers/server-statements.ts';
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

const maxAttempts = 10;

/** Begins a transaction on `connection` whose state and position are known. What fixes the state is sent at once. */
export async function beginSnapshot(connection: Pick<Connection, 'query' | 'info'>, snapshot: SnapshotScope) {
  const statements = statementsFor(connection as Connection);
  const { logProof } = statements;
  const ask = () => statements.position.map((sql) => connection.query(sql));
  const tryTo = async (sql: string | undefined): Promise<readonly Row[]> => {
    if (sql === undefined) return [];
    // Without the right to ask, nothing is proved.
    return connection.query(sql).then(rowsOf, () => []);
  };
  for (let attempt = 1; ; attempt += 1) {
    const proof =
      attempt > 1 && logProof !== null && !logProof.isAwaited(await tryTo(logProof.shown)) ? logProof : null;
    const before = ask();
    const logEnd = tryTo(proof?.end);
    const begun = ['SET TRANSACTION ISOLATION LEVEL REPEATABLE READ', statements.beginSnapshot].map((sql) =>
      connection.query(sql),
    );
    const shown = tryTo(proof?.shown);
    const [earlier, , later] = await Promise.all([Promise.all(before), Promise.all(begun), Promise.all(ask())]);
    const rows = later.map((answer) => rowsOf(answer)[0] ?? {});
    const rowsBefore = earlier.map((answer) => rowsOf(answer)[0] ?? {});
    const applied = statements.reached(rowsBefore, true);
    const logged = proof?.proved(rowsBefore[0], (await logEnd)[0], await shown) ?? null;
    const reached = logged === null ? applied : applied.merge(logged);
    const asks = statements.observesByReplication(rows, true);
    const replication = asks ? rowsOf(await connection.query(statements.replication)) : [];
    const observed = statements.observed(rows, replication);
    snapshot.positions = { reached, observed };
    if (reached.includes(observed) || attempt >= maxAttempts) return;
    await connection.query('ROLLBACK');
  }
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
