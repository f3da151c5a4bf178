/** The tables of a mirrored record, declared by the owner of the models, and their columns, read from the server. */
import type { Connection } from '../../servers/connection.ts';
import { MirrorFaultError } from './mirror-fault.ts';

export type MirroredChild = {
  readonly table: string;
  /** The column that holds the key of the record. */
  readonly parentKey: string;
  /** Columns that identify the rows of one record. */
  readonly key: readonly string[];
};

/** One model whose records are mirrored, each with the rows of its children as a whole. Names are those of the database. */
export type MirroredModel = {
  readonly model: string;
  readonly table: string;
  /** A column of one whole number or text, the primary key. */
  readonly key: string;
  readonly children: readonly MirroredChild[];
};

export type TableShape = {
  readonly table: string;
  /** The column that holds the record's key. */
  readonly recordKey: string;
  readonly sortedBy: readonly string[];
  readonly columns: readonly string[];
  /** Columns that hold bytes rather than text. */
  readonly binary: ReadonlySet<string>;
};

/** A mirrored model with everything that statements are made of. */
export type RecordShape = {
  readonly model: string;
  readonly keyIsNumber: boolean;
  readonly root: TableShape;
  readonly children: readonly TableShape[];
};

const numberTypes = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);
const binaryTypes = new Set(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob', 'bit', 'geometry']);

/** Throws `MirrorFaultError` when a table is missing. */
export async function readShape(connection: Connection, mirrored: MirroredModel): Promise<RecordShape> {
  const { model, table, key, children } = mirrored;
  const names = [table, ...children.map((child) => child.table)];
  // MySQL marks a default that is an expression as GENERATED as well: that column is as good as any other.
  const rows: { t: string; c: string; kind: string }[] = await connection.query(
    `SELECT table_name AS t, column_name AS c, data_type AS kind FROM information_schema.columns
      WHERE table_schema = DATABASE() AND table_name IN (${names.map(() => '?').join(', ')})
        AND extra NOT LIKE '%VIRTUAL GENERATED%' AND extra NOT LIKE '%STORED GENERATED%' ORDER BY table_name, ordinal_position`,
    names,
  );
  const shape = (name: string, recordKey: string, sortedBy: readonly string[]): TableShape => {
    const own = rows.filter(({ t }) => t === name);
    if (own.length === 0) throw new MirrorFaultError('schema', `has no table ${name}`);
    const binary = own.filter(({ kind }) => binaryTypes.has(kind)).map(({ c }) => c);
    return { table: name, recordKey, sortedBy, columns: own.map(({ c }) => c), binary: new Set(binary) };
  };
  return {
    model,
    keyIsNumber: numberTypes.has(rows.find(({ t, c }) => t === table && c === key)?.kind ?? ''),
    root: shape(table, key, [key]),
    children: children.map((child) => shape(child.table, child.parentKey, [child.parentKey, ...child.key])),
  };
}

/** As the column holds it: a whole number compared as text would miss its index, and its last digits. */
export function keyValue({ keyIsNumber }: Pick<RecordShape, 'keyIsNumber'>, recordKey: string): string | bigint {
  return keyIsNumber ? BigInt(recordKey) : recordKey;
}

export const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
export const quotedList = (names: readonly string[]): string => names.map(quoted).join(', ');
export const places = (values: readonly unknown[]): string => values.map(() => '?').join(', ');
