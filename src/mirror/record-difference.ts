import type { RecordShape, TableShape } from '../database/mirror/mirrored-tables.ts';
import type { ComparedRecord } from '../database/mirror/record-comparison.ts';
import type { RecordState, Value, Values } from '../database/mirror/record-rows.ts';

/** How a record of the backup differs from the source's: missing, deleted on the source, or different. */
export type RecordDifference = {
  readonly model: string;
  readonly key: string;
  readonly kind: 'MISSING' | 'EXTRA' | 'DIFFERENT';
  /** `status`, or `order_items(2).quantity`; empty unless DIFFERENT. Names only, because values may be private. */
  readonly columns: readonly string[];
  /** True if the outbox has parked the record. */
  readonly parked: boolean;
};

/** `null` if both sides are equal. */
export function differenceOf(shape: RecordShape, compared: ComparedRecord): RecordDifference | null {
  const { key, source, backup } = compared;
  const facts = { model: shape.model, key, parked: compared.outbox === 'PARKED' };
  const [there, here] = [isThere(source), isThere(backup)];
  if (there && !here) return { ...facts, kind: 'MISSING', columns: [] };
  if (!there && here) return { ...facts, kind: 'EXTRA', columns: [] };
  const columns = differingColumns(shape, source, backup);
  return columns.length === 0 ? null : { ...facts, kind: 'DIFFERENT', columns };
}

const isThere = ({ row, children }: RecordState): boolean => row !== null || children.some((rows) => rows.length > 0);

function differingColumns(shape: RecordShape, source: RecordState, backup: RecordState): string[] {
  const own = rowDifference(shape.root, source.row, backup.row);
  const children = shape.children.flatMap((table, index) => {
    const there = byKey(table, source.children[index] ?? []);
    const here = byKey(table, backup.children[index] ?? []);
    const keys = [...new Set([...there.keys(), ...here.keys()])].sort();
    return keys.flatMap((key) => {
      const columns = rowDifference(table, there.get(key) ?? null, here.get(key) ?? null);
      return columns.map((column) => `${table.table}(${key}).${column}`);
    });
  });
  return [...own, ...children];
}

/** Names of the columns; `*` if only one side has the row. */
function rowDifference({ columns }: TableShape, source: Values | null, backup: Values | null): string[] {
  if (source === null || backup === null) return source === backup ? [] : ['*'];
  return columns.filter((_, index) => !same(source[index] ?? null, backup[index] ?? null));
}

function same(a: Value, b: Value): boolean {
  if (a === null || b === null) return a === b;
  return Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.equals(b) : String(a) === String(b);
}

/** A child row is named by its key columns without the record's. */
function byKey(table: TableShape, rows: readonly Values[]): Map<string, Values> {
  const places = table.sortedBy.filter((name) => name !== table.recordKey).map((name) => table.columns.indexOf(name));
  return new Map(rows.map((row) => [places.map((place) => String(row[place])).join(','), row]));
}
