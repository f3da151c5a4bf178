/**
 * Digests of ranges of records, counted by each server over its own rows, alike on both flavours: of a range of many
 * records, one number; of a range that differs, one number per record.
 */
import { type Connection, exactly } from '../../servers/connection.ts';
import { keyValue, quoted, type RecordShape, type TableShape } from './mirrored-tables.ts';

/** Records with a key above `after` and not above `upTo`; `null` is no bound. */
export type KeyRange = { readonly after: string | null; readonly upTo: string | null };

export async function digestOfRange(connection: Connection, shape: RecordShape, range: KeyRange): Promise<string> {
  const parts: string[] = [];
  for (const table of [shape.root, ...shape.children]) {
    const { where, values } = within(shape, table, range);
    const sql = `SELECT COUNT(*), COALESCE(BIT_XOR(${rowDigest(table)}), 0) FROM ${quoted(table.table)} ${where}`;
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
  const digests = new Map<string, string>();
  for (const [index, table] of [shape.root, ...shape.children].entries()) {
    const { where, values } = within(shape, table, range);
    const key = quoted(table.recordKey);
    const sql = `SELECT ${key}, COUNT(*), BIT_XOR(${rowDigest(table)}) FROM ${quoted(table.table)} ${where} GROUP BY ${key}`;
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
  const { where, values } = within(shape, shape.root, { after, upTo: null });
  const key = quoted(shape.root.recordKey);
  const sql = `SELECT ${key} FROM ${quoted(shape.root.table)} ${where} ORDER BY ${key} LIMIT 1 OFFSET ${records - 1}`;
  const rows: unknown[][] = await connection.query({ sql, ...exactly }, values);
  const found = rows[0]?.[0];
  return found === undefined ? null : String(found);
}

export async function countRecords(connection: Connection, shape: RecordShape): Promise<number> {
  const rows: unknown[][] = await connection.query({
    sql: `SELECT COUNT(*) FROM ${quoted(shape.root.table)}`,
    ...exactly,
  });
  return Number(rows[0]?.[0] ?? 0);
}

export function within(
  shape: RecordShape,
  table: TableShape,
  { after, upTo }: KeyRange,
): { where: string; values: (string | bigint)[] } {
  const key = quoted(table.recordKey);
  const conditions = [...(after === null ? [] : [`${key} > ?`]), ...(upTo === null ? [] : [`${key} <= ?`])];
  const values = [after, upTo].flatMap((bound) => (bound === null ? [] : [keyValue(shape, bound)]));
  return { where: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`, values };
}

/**
 * 64 bits of a row. Texts are quoted, so that no value can pass for another one beside it, nor a text for NULL. Newer MySQL
 * has no MD5.
 */
function rowDigest({ columns, binary }: TableShape): string {
  const values = columns.map((column) =>
    binary.has(column) ? `COALESCE(HEX(${quoted(column)}), 'NULL')` : `QUOTE(${quoted(column)})`,
  );
  return `CAST(CONV(LEFT(SHA2(CONCAT_WS(',', ${values.join(', ')}), 256), 16), 16, 10) AS UNSIGNED)`;
}
