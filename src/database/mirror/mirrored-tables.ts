/** The tables of a mirrored record, declared by the owner of the models, and their columns, read from the server. */
import type { Connection } from '../../servers/connection.ts';
import type { Dialect } from '../../servers/dialect.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import { sideOf } from './mirror-connection.ts';
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

/** Throws `MirrorFaultError` when a table is missing. */
export async function readShape(connection: Connection, mirrored: MirroredModel): Promise<RecordShape> {
  const { model, table, key, children } = mirrored;
  const names = [table, ...children.map((child) => child.table)];
  const rows = await sideOf(connection).columns(connection, names);
  const shape = (name: string, recordKey: string, sortedBy: readonly string[]): TableShape => {
    const own = rows.filter((row) => row.table === name);
    if (own.length === 0) throw new MirrorFaultError('schema', `has no table ${name}`);
    const binary = own.filter(({ kind }) => kind === 'BYTES').map(({ column }) => column);
    return { table: name, recordKey, sortedBy, columns: own.map(({ column }) => column), binary: new Set(binary) };
  };
  return {
    model,
    keyIsNumber: rows.find((row) => row.table === table && row.column === key)?.kind === 'WHOLE_NUMBER',
    root: shape(table, key, [key]),
    children: children.map((child) => shape(child.table, child.parentKey, [child.parentKey, ...child.key])),
  };
}

/** As the column holds it: a whole number compared as text would miss its index, and its last digits. */
export function keyValue({ keyIsNumber }: Pick<RecordShape, 'keyIsNumber'>, recordKey: string): string | bigint {
  return keyIsNumber ? BigInt(recordKey) : recordKey;
}

/** The language of the server at the other end. */
export const dialectOf = (connection: Connection): Dialect => flavourOf(connection).driver.dialect;
export const quotedList = ({ quoted }: Dialect, names: readonly string[]): string => names.map(quoted).join(', ');
export const places = (values: readonly unknown[]): string => values.map(() => '?').join(', ');
