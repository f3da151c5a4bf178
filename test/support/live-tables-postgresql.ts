import type { Connection } from '../../src/servers/connection.ts';
import { rowsOf, textOf } from '../../src/servers/rows.ts';
import type { ExpectedTable } from './prisma-schema.ts';

const inSchema = "relnamespace = current_schema()::regnamespace AND relkind = 'r'";
const enumOf = `(SELECT string_agg(quote_literal(enumlabel), ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = atttypid)`;
const columnsOf = `SELECT relname AS tbl, attname AS name, format_type(atttypid, atttypmod) AS type, ${enumOf} AS labels,
    NOT attnotnull AS nullable, attidentity <> '' AS numbered, pg_get_expr(adbin, adrelid) AS given
  FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE ${inSchema} ORDER BY relname, attnum`;
const indexesOf = `SELECT pg_class.relname AS tbl, i.relname AS name, indisunique AS single, indisprimary AS first,
    (SELECT string_agg(pg_get_indexdef(i.oid, place, true), ',' ORDER BY place) FROM generate_series(1, indnatts) AS place) AS cols
  FROM pg_class JOIN pg_index ON indrelid = pg_class.oid JOIN pg_class i ON i.oid = indexrelid
  WHERE pg_class.relnamespace = current_schema()::regnamespace AND pg_class.relkind = 'r' ORDER BY 1, 2`;
const keysOf = `SELECT relname AS tbl, conname AS name FROM pg_constraint JOIN pg_class ON conrelid = pg_class.oid
  WHERE ${inSchema} AND contype = 'f' ORDER BY 1, 2`;

/** The tables of a connection's schema as PostgreSQL describes them, in the words of `ExpectedTable`. */
export async function livePostgresqlTables(connection: Connection): Promise<ExpectedTable[]> {
  const ask = async (sql: string) => rowsOf(await connection.query(sql));
  const [columns, indexes, keys] = [await ask(columnsOf), await ask(indexesOf), await ask(keysOf)];
  return [...new Set(columns.map((row) => textOf(row, 'tbl')))].map((table) => {
    const own = (rows: typeof columns) => rows.filter((row) => textOf(row, 'tbl') === table);
    return {
      name: table,
      columns: own(columns).map((row) => ({
        name: textOf(row, 'name'),
        type: row.labels === null ? textOf(row, 'type') : `${textOf(row, 'type')} enum(${String(row.labels)})`,
        nullable: row.nullable === true,
        default: row.given === null ? null : plainDefault(String(row.given)),
        autoIncrement: row.numbered === true,
      })),
      indexes: own(indexes).map((row) => ({
        name: row.first === true ? 'PRIMARY' : textOf(row, 'name'),
        unique: row.single === true,
        columns: textOf(row, 'cols').split(','),
      })),
      foreignKeys: own(keys).map((row) => textOf(row, 'name')),
    };
  });
}

/** `'PENDING'::order_status` */
function plainDefault(given: string): string {
  const text = given.replace(/::\w+$/, '').replace(/^'(.*)'$/, '$1');
  return /^current_timestamp/i.test(text) ? text.toLowerCase() : text;
}
