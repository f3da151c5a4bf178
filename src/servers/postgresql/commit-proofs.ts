/**
 * A transaction's own number is known to its client only after its first write, and forgotten by the server at some time. So each
 * process counts up a row that only it writes.
 */
import type { Connection, Sends } from '../connection.ts';
import type { ProofMark, ProofQuestions, ProofSeen } from '../flavour.ts';
import { rowsOf } from '../rows.ts';
import { PostgresqlConnection } from './connection.ts';
import { postgresqlFaults } from './faults.ts';

const isOld = "written_at < clock_timestamp() - interval '1 day'";
const uptime = 'SELECT floor(extract(epoch FROM clock_timestamp() - pg_postmaster_start_time()))::int AS up';

export const postgresqlProofs: ProofQuestions = {
  sessionOf: (connection) => (connection instanceof PostgresqlConnection ? connection.session : null),
  statement: ({ writer, number }) =>
    `INSERT INTO commit_proofs (writer, number, written_at) VALUES (${writer}, ${number}, clock_timestamp()) ON CONFLICT (writer) DO UPDATE SET number = excluded.number, written_at = excluded.written_at`,
  probe: async (connection, { session: pid, ...mark }) => {
    const [up] = rowsOf(await connection.query(uptime));
    // The session is asked first: if it is idle by then, the row shows everything it did.
    const activity = rowsOf(await connection.query('SELECT state FROM pg_stat_activity WHERE pid = ?', [pid]));
    return { session: sessionOf(activity[0]), mark: await readMark(connection, mark), upS: Number(up?.up ?? 0) };
  },
  endSession: async (connection, session) => {
    await connection.query('SELECT pg_terminate_backend(?)', [session]);
  },
  purge,
  // There are no groups.
  isInStep: async () => true,
};

/** Locks no row that a session may be writing. */
async function purge(connection: Pick<Sends, 'query'>, limit: number): Promise<number> {
  const { affectedRows } = await connection.query<{ affectedRows: number }>(
    `DELETE FROM commit_proofs WHERE writer = ANY (ARRAY(SELECT writer FROM commit_proofs WHERE ${isOld} LIMIT ? FOR UPDATE SKIP LOCKED))`,
    [limit],
  );
  return Number(affectedRows);
}

async function readMark(connection: Connection, { writer }: ProofMark): Promise<ProofSeen['mark']> {
  try {
    const mark = await committedMark(connection, writer);
    // If there is a row by now, then it was committed after the first statement saw none.
    return mark ?? ((await isFree(connection, writer)) ? null : await committedMark(connection, writer));
  } catch (error) {
    if (error instanceof Error && postgresqlFaults.faultOf(error) === 'LOCK_TIMEOUT') return 'LOCKED';
    throw error;
  }
}

async function committedMark(connection: Connection, writer: string): Promise<string | null> {
  const sql = `SELECT number::text AS number FROM commit_proofs WHERE writer = ${writer} FOR UPDATE NOWAIT`;
  const [row] = rowsOf(await connection.query(sql));
  return row === undefined ? null : String(row.number);
}

/** A row that another transaction has inserted and not committed cannot be seen: only who inserts the same one waits for it. */
async function isFree(connection: Connection, writer: string): Promise<boolean> {
  await connection.query('BEGIN');
  try {
    await connection.query("SET LOCAL lock_timeout = '10ms'");
    const { affectedRows } = await connection.query<{ affectedRows: number }>(
      `INSERT INTO commit_proofs (writer, number, written_at) VALUES (${writer}, 0, clock_timestamp()) ON CONFLICT DO NOTHING`,
    );
    return Number(affectedRows) > 0;
  } finally {
    await connection.query('ROLLBACK');
  }
}

/** A session whose state may not be seen counts as working: what it is doing is unknown. */
function sessionOf(row: { readonly state?: unknown } | undefined): ProofSeen['session'] {
  if (row === undefined) return 'GONE';
  return String(row.state).startsWith('idle') ? 'AT_REST' : 'AT_WORK';
}
