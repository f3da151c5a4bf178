/**
 * Digests of ranges of records, counted by each server over its own rows, alike on both flavours: of a range of many
 * records, one number; of a range that differs, one number per record.
 */
import { type Connection, exactly } from '../../servers/connection.ts';
import type { Dialect } from '../../servers/dialect.ts';
import { sideOf } from './mirror-connection.ts';
import { dialectOf, keyValue, type RecordShape, type TableShape } from './mirrored-tables.ts';

/** Records with a key above `after` and not above `upTo`; `null` is no bound. */
export type KeyRange = { readonly after: string | null; readonly upTo: string | null };

export async function digestOfRange(connection: Connection, shape: RecordShape, range: KeyRange): Promise<string> {
  const dialect = dialectOf(connection);
  const parts: string[] = [];
  for (const table of [shape.root, ...shape.children]) {
    const { where, values } = within(dialect, shape, table, range);
    const sql = `SELECT COUNT(*), ${digestOf(connection, table)} FROM ${dialect.quoted(table.table)} ${where}`;
    const rows: unknown[][] = await connection.query({ sql, ...exactly }, values);
    parts.push((rows[0] ?? []).map(String).join(':'));
  }
  return parts.join(' ');
}

/** One digest per key that has any row in the range. */
export async function digestPerRecord(
  connection: Connection,
  shape: RecordShape,
  range: KeyRange,
): Promise<Map<string, string>> {
  const dialect = dialectOf(connection);
  const digests = new Map<string, string>();
  for (const [index, table] of [shape.root, ...shape.children].entries()) {
    const { where, values } = within(dialect, shape, table, range);
    const key = dialect.quoted(table.recordKey);
    const sql = `SELECT ${key}, COUNT(*), ${digestOf(connection, table)} FROM ${dialect.quoted(table.table)} ${where} GROUP BY ${key}`;
    const rows: unknown[][] = await connection.query({ sql, ...exactly }, values);
    for (const [found, ...facts] of rows) {
      const name = String(found);
      digests.set(name, `${digests.get(name) ?? ''} ${index}:${facts.map(String).join(':')}`);
    }
  }
  return digests;
}

/** The key that ends a range of this many records; `null` if there are fewer left. */
export async function endOfRange(
  connection: Connection,
  shape: RecordShape,
  after: string | null,
  records: number,
): Promise<string | null> {
  const dialect = dialectOf(connection);
  const { where, values } = within(dialect, shape, shape.root, { after, upTo: null });
  const key = dialect.quoted(shape.root.recordKey);
  const sql = `SELECT ${key} FROM ${dialect.quoted(shape.root.table)} ${where} ORDER BY ${key} LIMIT 1 OFFSET ${records - 1}`;
  const rows: unknown[][] = await connection.query({ sql, ...exactly }, values);
  const found = rows[0]?.[0];
  return found === undefined ? null : String(found);
}

export async function countRecords(connection: Connection, shape: RecordShape): Promise<number> {
  const rows: unknown[][] = await connection.query({
    sql: `SELECT COUNT(*) FROM ${dialectOf(connection).quoted(shape.root.table)}`,
    ...exactly,
  });
  return Number(rows[0]?.[0] ?? 0);
}

export function within(
  dialect: Dialect,
  shape: RecordShape,
  table: TableShape,
  { after, upTo }: KeyRange,
): { where: string; values: (string | bigint)[] } {
  const key = dialect.quoted(table.recordKey);
  const conditions = [...(after === null ? [] : [`${key} > ?`]), ...(upTo === null ? [] : [`${key} <= ?`])];
  const values = [after, upTo].flatMap((bound) => (bound === null ? [] : [keyValue(shape, bound)]));
  return { where: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`, values };
}

function digestOf(connection: Connection, { columns, binary }: TableShape): string {
  const { quoted } = dialectOf(connection);
  return sideOf(connection).digestOf(columns.map((name) => ({ column: quoted(name), isBytes: binary.has(name) })));
}
