/**
 * A transaction that reads one state of the database at a known position. The position is requested right before and right
 * after the moment at which the state is fixed: the first answer is what is surely in it, the second what may be. If they
 * are equal, they are its exact position; they differ while a commit is under way, and the state is taken again, a few times.
 *
 * The first answer must err on the low side on every server: a MariaDB source counts a commit before it shows it, so
 * there what replication applied counts as included, and of its own log what the snapshot is proved to show. The end of the
 * log is only requested while no commit waits for an acknowledgement: the answer would take as long as that wait.
 */
import type { Connection } from '../connection.ts';
import type { Reached } from '../flavour.ts';
import { type Row, rowsOf } from '../rows.ts';
import type { ServerStatements } from './server-statements.ts';

const maxAttempts = 10;

/** The statement that fixes the state is sent immediately. */
export async function beginSnapshot(
  connection: Pick<Connection, 'query'>,
  statements: ServerStatements,
): Promise<Reached> {
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
    if (reached.includes(observed) || attempt >= maxAttempts) return { reached, observed };
    await connection.query('ROLLBACK');
  }
}
