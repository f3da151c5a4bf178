/**
 * A server keeps no record of a transaction under a name known beforehand, so each process counts up a row that only it writes.
 */
import type { Connection, Sends } from '../connection.ts';
import type { ProofMark, ProofQuestions, ProofSeen } from '../flavour.ts';
import { rowsOf } from '../rows.ts';
import { faultOf } from './faults.ts';

const isOld = 'written_at < UTC_TIMESTAMP() - INTERVAL 1 DAY';
const ownState =
  'SELECT MEMBER_STATE AS state FROM performance_schema.replication_group_members WHERE MEMBER_ID = @@server_uuid';

export const familyProofs: ProofQuestions = {
  sessionOf: (connection) => (connection as { readonly threadId?: number | null }).threadId ?? null,
  statement: ({ writer, number }) =>
    `INSERT INTO commit_proofs (writer, number, written_at) VALUES (${writer}, ${number}, UTC_TIMESTAMP()) ON DUPLICATE KEY UPDATE number = ${number}, written_at = UTC_TIMESTAMP()`,
  probe: async (connection, { session: thread, ...mark }) => {
    const [up] = rowsOf(await connection.query("SHOW GLOBAL STATUS WHERE Variable_name = 'Uptime'"));
    // The session is asked first: if it is idle by then, the row shows everything it did.
    const processes = `SELECT COMMAND AS command FROM information_schema.PROCESSLIST WHERE ID = ${thread}`;
    const session = sessionDoing(rowsOf(await connection.query(processes))[0]?.command);
    return { session, mark: await readMark(connection, mark), upS: Number(up?.Value ?? 0) };
  },
  endSession: async (connection, session) => {
    await connection.query(`KILL ${session}`);
  },
  purge,
  isInStep: async (connection) => rowsOf(await connection.query(ownState))[0]?.state === 'ONLINE',
};

/** Locks no row that a session may be writing. */
async function purge(connection: Pick<Sends, 'query'>, limit: number): Promise<number> {
  const rows = rowsOf(await connection.query(`SELECT writer FROM commit_proofs WHERE ${isOld} LIMIT ?`, [limit]));
  if (rows.length === 0) return 0;
  const writers = rows.map(({ writer }) => writer);
  const { affectedRows } = await connection.query<{ affectedRows: number }>(
    `DELETE FROM commit_proofs WHERE writer IN (?) AND ${isOld}`,
    [writers],
  );
  return Number(affectedRows);
}

async function readMark(connection: Connection, { writer }: ProofMark): Promise<ProofSeen['mark']> {
  const sql = `SELECT CAST(number AS CHAR) AS number FROM commit_proofs WHERE writer = ${writer} FOR UPDATE NOWAIT`;
  try {
    const [row] = rowsOf(await connection.query(sql));
    return row === undefined ? null : String(row.number);
  } catch (error) {
    if (faultOf(error) === 'LOCK_TIMEOUT') return 'LOCKED';
    throw error;
  }
}

function sessionDoing(command: unknown): ProofSeen['session'] {
  if (command === undefined) return 'GONE';
  return command === 'Sleep' ? 'AT_REST' : 'AT_WORK';
}
