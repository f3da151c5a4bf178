import { TidemarkError } from '../../errors.ts';
import type { MirroredModel } from '../mirror/mirrored-tables.ts';

/** The part of a generated client's own description that is needed: which column has which type. */
export type DataModel = {
  readonly models: Readonly<Record<string, { readonly dbName?: string | null; readonly fields: readonly Field[] }>>;
};
type Field = { readonly name: string; readonly type: string; readonly dbName?: string | null };

/** A table whose rows belong to mirrored records. */
export type WatchedTable = {
  /** What the outbox calls the record. */
  readonly model: string;
  readonly table: string;
  /** The column that identifies the record of a row. */
  readonly keyColumn: string;
  /** Whether the key is a number: texts that differ may be equal to the server, numbers may not. */
  readonly integerKey: boolean;
  /** Of a child, the table of its records; `null` when this is it. */
  readonly root: WatchedTable | null;
};
export type WatchedTables = ReadonlyMap<string, WatchedTable>;

/** The mirrored models do not match the client's models. */
export class MirroredModelsError extends TidemarkError {
  readonly code = 'MIRRORED_MODELS';
  readonly retryable = false;
}

const integerTypes = new Set(['Int', 'BigInt']);

/** By table name. Throws `MirroredModelsError`. */
export function watchedTables(mirrored: readonly MirroredModel[], dataModel: DataModel): WatchedTables {
  const all = mirrored.flatMap(({ model, table, key, children }) => {
    const root = { model, table, keyColumn: key, integerKey: isInteger(dataModel, table, key), root: null };
    const under = children.map(({ table: child, parentKey }) => ({
      model,
      table: child,
      keyColumn: parentKey,
      integerKey: isInteger(dataModel, child, parentKey),
      root,
    }));
    return [root, ...under];
  });
  const tables = new Map(all.map((table) => [table.table, table]));
  if (tables.size < all.length) throw new MirroredModelsError('A table can belong to one mirrored model only');
  return tables;
}

function isInteger({ models }: DataModel, table: string, column: string): boolean {
  const [, model] = Object.entries(models).find(([name, { dbName }]) => (dbName ?? name) === table) ?? [];
  const type = model?.fields.find(({ name, dbName }) => (dbName ?? name) === column)?.type;
  if (type === undefined) throw new MirroredModelsError(`No model of the client has the column ${table}.${column}`);
  if (integerTypes.has(type)) return true;
  if (type === 'String') return false;
  throw new MirroredModelsError(`The key ${table}.${column} must be a whole number or a text`);
}
