import type { Connection } from '../connection.ts';
import type { Checkpoints, ColumnFacts, MirrorSide, RecordToApply, TransactionView } from '../mirror-side.ts';
import { rowsOf, textOf } from '../rows.ts';
import { digestOf, replacing } from './row-expressions.ts';

const wholeNumbers = new Set(['smallint', 'integer', 'bigint']);
const now = "date_trunc('milliseconds', clock_timestamp())";

/** The state that a transaction sees is fixed by its first statement. */
const begin: Readonly<Record<TransactionView, readonly string[]>> = {
  ONE_MOMENT: ['BEGIN ISOLATION LEVEL REPEATABLE READ', 'SELECT 1'],
  EACH_STATEMENT: ['BEGIN ISOLATION LEVEL READ COMMITTED'],
};

export const postgresqlMirrorSide: MirrorSide = {
  prepare: async (connection) => {
    await connection.query("SET lock_timeout = '3s'");
  },
  begin: async (connection, view) => {
    for (const statement of begin[view]) await connection.query(statement);
  },
  columns,
  replacing,
  digestOf,
  checkpoints: { lock, enter, purge } satisfies Checkpoints,
};

async function columns(connection: Connection, tables: readonly string[]): Promise<ColumnFacts[]> {
  const rows = rowsOf(
    await connection.query(
      `SELECT table_name AS t, column_name AS c, data_type AS kind FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name IN (?) AND is_generated = 'NEVER'
        ORDER BY table_name, ordinal_position`,
      [tables],
    ),
  );
  return rows.map((row) => ({ table: textOf(row, 't'), column: textOf(row, 'c'), kind: kindOf(textOf(row, 'kind')) }));
}

function kindOf(type: string): ColumnFacts['kind'] {
  if (wholeNumbers.has(type)) return 'WHOLE_NUMBER';
  return type === 'bytea' ? 'BYTES' : 'OTHER';
}

async function lock(
  connection: Connection,
  model: string,
  epoch: number,
  records: readonly RecordToApply[],
): Promise<void> {
  const latest = latestOf(records);
  await connection.query(
    `INSERT INTO mirror_checkpoints (model, record_key, epoch, outbox_id, applied_at)
     VALUES ${latest.map(() => `(?, ?, ?, ?, ${now})`).join(', ')}
     ON CONFLICT (model, record_key) DO UPDATE SET epoch = excluded.epoch,
       outbox_id = GREATEST(mirror_checkpoints.outbox_id, excluded.outbox_id), applied_at = excluded.applied_at`,
    latest.flatMap(({ recordKey, outboxId }) => [model, recordKey, epoch, outboxId]),
  );
}

/** One statement may change a row once. */
function latestOf(records: readonly RecordToApply[]): readonly RecordToApply[] {
  const latest = new Map<string, RecordToApply>();
  for (const record of records) {
    const known = latest.get(record.recordKey);
    if (known === undefined || known.outboxId < record.outboxId) latest.set(record.recordKey, record);
  }
  return [...latest.values()];
}

async function enter(connection: Connection, epoch: number, recheckSeconds: number): Promise<void> {
  await connection.query(
    `INSERT INTO mirror_epochs (epoch, entered_at, recheck_from)
     SELECT ?::int, ${now}, MAX(applied_at) - ?::float8 * interval '1 second' FROM mirror_checkpoints WHERE epoch < ?
     ON CONFLICT DO NOTHING`,
    [epoch, recheckSeconds, epoch],
  );
}

async function purge(connection: Connection, olderThanHours: number, limit: number): Promise<number> {
  const { affectedRows } = await connection.query<{ affectedRows: number }>(
    `DELETE FROM mirror_checkpoints WHERE ctid = ANY (ARRAY(SELECT ctid FROM mirror_checkpoints
       WHERE applied_at < clock_timestamp() - ?::float8 * interval '1 hour' ORDER BY applied_at LIMIT ? FOR UPDATE SKIP LOCKED))`,
    [olderThanHours, limit],
  );
  return Number(affectedRows);
}
