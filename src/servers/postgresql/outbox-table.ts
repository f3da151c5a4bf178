/** The statements of the outbox. Times are cut to milliseconds, as its columns round them: what is due now is due at once. */
import type { Sends } from '../connection.ts';
import type { ChangedRecord, OutboxRow, OutboxTable } from '../outbox-table.ts';
import { type Row, rowsOf, textOf } from '../rows.ts';
import { quotedName } from './session-settings.ts';

type Asked = Pick<Sends, 'query'>;

const rowsPerInsert = 1000;
const reasonLength = 500;
const now = "date_trunc('milliseconds', clock_timestamp())";
const later = `${now} + ?::float8 * interval '1 millisecond'`;

export const postgresqlOutbox: OutboxTable = {
  append: async (connection, records) => {
    for (let start = 0; start < records.length; start += rowsPerInsert) {
      const part = records.slice(start, start + rowsPerInsert);
      await connection.query(
        `INSERT INTO outbox (model, record_key, created_at, due_at) VALUES ${part.map(() => `(?, ?, ${now}, ${now})`).join(', ')}`,
        part.flatMap(({ model, recordKey }) => [model, recordKey]),
      );
    }
  },
  appendAll: async (connection, { model, table, key }, delayMs) => {
    const column = quotedName(key);
    await connection.query(
      `INSERT INTO outbox (model, record_key, created_at, due_at)
       SELECT ?, ${column}::text, ${now}, ${later} FROM ${quotedName(table)} ORDER BY ${column}`,
      [model, delayMs],
    );
  },
  makeDue: async (connection) => {
    await connection.query(
      `UPDATE outbox SET due_at = ${now} WHERE due_at > ${now} AND claimed_by IS NULL AND attempts = 0`,
    );
  },
  claim,
  remove: async (connection, ids) => {
    for (let start = 0; start < ids.length; start += rowsPerInsert) {
      await connection.query('DELETE FROM outbox WHERE id IN (?)', [ids.slice(start, start + rowsPerInsert)]);
    }
  },
  postpone: async (connection, id, { workers, reason, delayMs }) => {
    await connection.query(
      `UPDATE outbox SET claimed_by = NULL, due_at = ${later}, reason = ? WHERE id = ? AND claimed_by IN (?)`,
      [delayMs, reason.slice(0, reasonLength), id, workers],
    );
  },
  park: async (connection, id, { workers, reason }) => {
    await connection.query(
      `UPDATE outbox SET claimed_by = NULL, parked_at = ${now}, reason = ? WHERE id = ? AND claimed_by IN (?)`,
      [reason.slice(0, reasonLength), id, workers],
    );
  },
  unpark: async (connection) => {
    const { affectedRows } = await connection.query<{ affectedRows: number }>(
      `UPDATE outbox SET parked_at = NULL, attempts = 0, due_at = ${now} WHERE parked_at IS NOT NULL`,
    );
    return Number(affectedRows);
  },
  depth: async (connection) => {
    const [row = {}] = rowsOf(
      await connection.query(`SELECT (SELECT COUNT(*) FROM outbox WHERE parked_at IS NULL) AS waiting,
        (SELECT COUNT(*) FROM outbox WHERE parked_at IS NOT NULL) AS parked,
        (SELECT floor(extract(epoch FROM clock_timestamp() - created_at) * 1000)::bigint FROM outbox
         WHERE parked_at IS NULL ORDER BY id LIMIT 1) AS oldest`),
    );
    const oldestAgeMs = row.oldest === null || row.oldest === undefined ? null : Math.max(0, Number(row.oldest));
    return { waiting: Number(row.waiting), parked: Number(row.parked), oldestAgeMs };
  },
};

/** At READ COMMITTED, which sessions have: a row that another worker has just leased is judged as it is by then. */
async function claim(
  connection: Asked,
  { limit, leaseMs, worker }: { readonly limit: number; readonly leaseMs: number; readonly worker: string },
): Promise<readonly OutboxRow[]> {
  await connection.query('BEGIN');
  try {
    const oldest = rowsOf(
      await connection.query(
        `SELECT o.model, o.record_key FROM outbox o WHERE o.parked_at IS NULL AND o.due_at <= clock_timestamp()
           AND NOT EXISTS (SELECT FROM outbox e WHERE e.model = o.model AND e.record_key = o.record_key AND e.id < o.id
             AND e.parked_at IS NULL)
         ORDER BY o.id LIMIT ? FOR UPDATE OF o SKIP LOCKED`,
        [limit],
      ),
    ).map((row) => ({ model: textOf(row, 'model'), recordKey: textOf(row, 'record_key') }));
    const rows = oldest.length === 0 ? [] : await lease(connection, oldest, leaseMs, worker);
    await connection.query('COMMIT');
    return rows;
  } catch (error) {
    await connection.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function lease(
  connection: Asked,
  records: readonly ChangedRecord[],
  leaseMs: number,
  worker: string,
): Promise<readonly OutboxRow[]> {
  const rows = rowsOf(
    await connection.query(
      `SELECT id, model, record_key, attempts, floor(extract(epoch FROM created_at) * 1000)::bigint AS created
       FROM outbox WHERE parked_at IS NULL AND (model, record_key) IN (${records.map(() => '(?, ?)').join(', ')})
       ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED`,
      [...records.flatMap(({ model, recordKey }) => [model, recordKey]), records.length * 20],
    ),
  );
  const found = rows.map(rowOf);
  await connection.query(
    `UPDATE outbox SET claimed_by = ?, attempts = attempts + 1, due_at = ${later} WHERE id IN (?)`,
    [worker, leaseMs, found.map(({ id }) => id)],
  );
  return found.map((row) => ({ ...row, attempts: row.attempts + 1 }));
}

function rowOf(row: Row): OutboxRow {
  return {
    id: BigInt(textOf(row, 'id')),
    model: textOf(row, 'model'),
    recordKey: textOf(row, 'record_key'),
    attempts: Number(row.attempts),
    createdAtMs: Number(row.created),
  };
}
