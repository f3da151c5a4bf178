import type { Connection } from '../connection.ts';
import type { Checkpoints, ColumnFacts, MirrorSide, RecordToApply, TransactionView } from '../mirror-side.ts';
import { rowsOf, textOf } from '../rows.ts';
import { digestOf, replacing } from './row-expressions.ts';

const wholeNumbers = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);
const bytes = new Set(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob', 'bit', 'geometry']);

const prepared =
  "SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO', innodb_lock_wait_timeout = 3";

const begin: Readonly<Record<TransactionView, readonly string[]>> = {
  ONE_MOMENT: ['SET TRANSACTION ISOLATION LEVEL REPEATABLE READ', 'START TRANSACTION WITH CONSISTENT SNAPSHOT'],
  EACH_STATEMENT: ['SET TRANSACTION ISOLATION LEVEL READ COMMITTED', 'START TRANSACTION'],
};

const checkpoints: Checkpoints = { lock, enter, purge };

export const familyMirrorSide: MirrorSide = {
  prepare: async (connection) => {
    await connection.query(prepared);
  },
  begin: async (connection, view) => {
    for (const statement of begin[view]) await connection.query(statement);
  },
  columns,
  replacing,
  digestOf,
  checkpoints,
};

/** MySQL marks a default that is an expression as GENERATED as well: that column is as good as any other. */
async function columns(connection: Connection, tables: readonly string[]): Promise<ColumnFacts[]> {
  const rows = rowsOf(
    await connection.query(
      `SELECT table_name AS t, column_name AS c, data_type AS kind FROM information_schema.columns
        WHERE table_schema = DATABASE() AND table_name IN (${tables.map(() => '?').join(', ')})
          AND extra NOT LIKE '%VIRTUAL GENERATED%' AND extra NOT LIKE '%STORED GENERATED%' ORDER BY table_name, ordinal_position`,
      tables,
    ),
  );
  return rows.map((row) => ({ table: textOf(row, 't'), column: textOf(row, 'c'), kind: kindOf(textOf(row, 'kind')) }));
}

function kindOf(type: string): ColumnFacts['kind'] {
  if (wholeNumbers.has(type)) return 'WHOLE_NUMBER';
  return bytes.has(type) ? 'BYTES' : 'OTHER';
}

async function lock(
  connection: Connection,
  model: string,
  epoch: number,
  records: readonly RecordToApply[],
): Promise<void> {
  const sql = `INSERT INTO mirror_checkpoints (model, record_key, epoch, outbox_id, applied_at)
    VALUES ${records.map(() => '(?, ?, ?, ?, UTC_TIMESTAMP(3))').join(', ')}
    ON DUPLICATE KEY UPDATE epoch = VALUES(epoch), outbox_id = GREATEST(outbox_id, VALUES(outbox_id)), applied_at = VALUES(applied_at)`;
  await connection.query(
    sql,
    records.flatMap(({ recordKey, outboxId }) => [model, recordKey, epoch, outboxId]),
  );
}

async function enter(connection: Connection, epoch: number, recheckSeconds: number): Promise<void> {
  await connection.query(
    `INSERT IGNORE INTO mirror_epochs (epoch, entered_at, recheck_from)
      SELECT ?, UTC_TIMESTAMP(3), MAX(applied_at) - INTERVAL ? SECOND FROM mirror_checkpoints WHERE epoch < ?`,
    [epoch, recheckSeconds, epoch],
  );
}

async function purge(connection: Connection, olderThanHours: number, limit: number): Promise<number> {
  const result: { affectedRows: number } = await connection.query(
    'DELETE FROM mirror_checkpoints WHERE applied_at < UTC_TIMESTAMP(3) - INTERVAL ? HOUR ORDER BY applied_at LIMIT ?',
    [olderThanHours, limit],
  );
  return result.affectedRows;
}
