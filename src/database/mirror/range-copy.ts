import { type Connection, exactly } from '../../servers/connection.ts';
import { dialectOf, quotedList, type RecordShape } from './mirrored-tables.ts';
import { insertRows, type Values } from './record-rows.ts';
import { type KeyRange, within } from './table-digests.ts';

/** Everything of these records, table by table, as one moment has it when the caller's transaction does. */
export async function readRange(
  connection: Connection,
  shape: RecordShape,
  range: KeyRange,
): Promise<(readonly Values[])[]> {
  const dialect = dialectOf(connection);
  const tables: (readonly Values[])[] = [];
  for (const table of [shape.root, ...shape.children]) {
    const { where, values } = within(dialect, shape, table, range);
    const sql = `SELECT ${quotedList(dialect, table.columns)} FROM ${dialect.quoted(table.table)} ${where} ORDER BY ${quotedList(dialect, table.sortedBy)}`;
    tables.push(await connection.query({ sql, ...exactly }, values));
  }
  return tables;
}

/** Replaces whatever the range holds. Children go first and come last, for the sake of foreign keys. */
export async function replaceRange(
  connection: Connection,
  shape: RecordShape,
  range: KeyRange,
  rows: readonly (readonly Values[])[],
): Promise<void> {
  const dialect = dialectOf(connection);
  const tables = [shape.root, ...shape.children];
  for (const table of [...tables].reverse()) {
    const { where, values } = within(dialect, shape, table, range);
    await connection.query(`DELETE FROM ${dialect.quoted(table.table)} ${where}`, values);
  }
  for (const [index, table] of tables.entries()) {
    await insertRows(connection, table, rows[index] ?? [], { replacing: false });
  }
}
