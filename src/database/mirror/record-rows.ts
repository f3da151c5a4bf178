import { type Connection, exactly } from '../../servers/connection.ts';
import { sideOf } from './mirror-connection.ts';
import { dialectOf, keyValue, places, quotedList, type RecordShape, type TableShape } from './mirrored-tables.ts';

export type Value = string | number | bigint | Buffer | null;
/** Values in the order of the table's columns. */
export type Values = readonly Value[];

/** A record as one server has it: no root row means that there is no such record. */
export type RecordState = {
  readonly key: string;
  readonly row: Values | null;
  /** Rows of each child table, in the order of the shape's children. */
  readonly children: readonly (readonly Values[])[];
};

const rowsPerStatement = 200;

/** One query per table. Every key is answered, in the order of `keys`. */
export async function readRecords(
  connection: Connection,
  shape: RecordShape,
  keys: readonly string[],
): Promise<RecordState[]> {
  const tables = [shape.root, ...shape.children];
  const found: ReadonlyMap<string, readonly Values[]>[] = [];
  for (const table of tables) found.push(await readRows(connection, shape, table, keys));
  return keys.map((key) => {
    const [roots, ...children] = found.map((rows) => rows.get(key) ?? []);
    return { key, row: roots?.[0] ?? null, children };
  });
}

async function readRows(
  connection: Connection,
  shape: RecordShape,
  table: TableShape,
  keys: readonly string[],
): Promise<Map<string, Values[]>> {
  const byKey = new Map<string, Values[]>();
  if (keys.length === 0) return byKey;
  const dialect = dialectOf(connection);
  const sql = `SELECT ${quotedList(dialect, table.columns)} FROM ${dialect.quoted(table.table)}
    WHERE ${dialect.quoted(table.recordKey)} IN (${places(keys)}) ORDER BY ${quotedList(dialect, table.sortedBy)}`;
  const rows: Value[][] = await connection.query(
    { sql, ...exactly },
    keys.map((key) => keyValue(shape, key)),
  );
  const position = table.columns.indexOf(table.recordKey);
  for (const row of rows) {
    const key = String(row[position]);
    byKey.set(key, [...(byKey.get(key) ?? []), row]);
  }
  return byKey;
}

/** Makes the tables hold exactly these records. Needs tables whose only unique key is the primary one. */
export async function writeRecords(
  connection: Connection,
  shape: RecordShape,
  records: readonly RecordState[],
): Promise<void> {
  const all = records.map(({ key }) => key);
  const gone = records.filter(({ row }) => row === null).map(({ key }) => key);
  for (const table of shape.children) await deleteRows(connection, shape, table, all);
  await deleteRows(connection, shape, shape.root, gone);
  const roots = records.flatMap(({ row }) => (row === null ? [] : [row]));
  await insertRows(connection, shape.root, roots, { replacing: true });
  for (const [index, table] of shape.children.entries()) {
    const rows = records.flatMap(({ row, children }) => (row === null ? [] : (children[index] ?? [])));
    await insertRows(connection, table, rows, { replacing: false });
  }
}

async function deleteRows(
  connection: Connection,
  shape: RecordShape,
  table: TableShape,
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return;
  const { quoted } = dialectOf(connection);
  const sql = `DELETE FROM ${quoted(table.table)} WHERE ${quoted(table.recordKey)} IN (${places(keys)})`;
  await connection.query(
    sql,
    keys.map((key) => keyValue(shape, key)),
  );
}

export async function insertRows(
  connection: Connection,
  table: TableShape,
  rows: readonly Values[],
  { replacing }: { replacing: boolean },
): Promise<void> {
  const dialect = dialectOf(connection);
  const columns = table.columns.map(dialect.quoted);
  const tuple = `(${places(columns)})`;
  const otherwise = replacing ? sideOf(connection).replacing(table.sortedBy.map(dialect.quoted), columns) : '';
  for (let from = 0; from < rows.length; from += rowsPerStatement) {
    const slice = rows.slice(from, from + rowsPerStatement);
    const sql = `INSERT INTO ${dialect.quoted(table.table)} (${columns.join(', ')})
      VALUES ${slice.map(() => tuple).join(', ')}${otherwise}`;
    await connection.query(sql, slice.flat());
  }
}
