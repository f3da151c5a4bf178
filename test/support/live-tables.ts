import type { Connection } from '../../src/servers/connection.ts';
import { flavourOf } from '../../src/servers/known-flavours.ts';
import { livePostgresqlTables } from './live-tables-postgresql.ts';
import type { ExpectedTable } from './prisma-schema.ts';

type Row = Record<string, string | number | bigint | null>;

/** The tables of a connection's database as the server describes them, in the words of `ExpectedTable`. */
export async function liveTables(connection: Connection): Promise<ExpectedTable[]> {
  if (flavourOf(connection).migrations?.dialect === 'postgresql') return livePostgresqlTables(connection);
  const select = (columns: string, table: string, order: string): Promise<Row[]> =>
    connection.query(
      `SELECT ${columns} FROM information_schema.${table} WHERE table_schema = DATABASE() ORDER BY ${order}`,
    );
  const columns = await select(
    'table_name AS t, column_name AS name, column_type AS type, is_nullable AS nullable, column_default AS given, extra AS extra',
    'columns',
    'table_name, ordinal_position',
  );
  const parts = await select(
    'table_name AS t, index_name AS name, non_unique AS repeats, column_name AS col',
    'statistics',
    'table_name, index_name, seq_in_index',
  );
  const keys = await select(
    'table_name AS t, constraint_name AS name, constraint_type AS kind',
    'table_constraints',
    'table_name, constraint_name',
  );
  const names = [...new Set(columns.map(({ t }) => String(t)))];
  return names.map((table) => {
    const own = (rows: Row[]) => rows.filter(({ t }) => t === table);
    const indexNames = [...new Set(own(parts).map(({ name }) => String(name)))];
    return {
      name: table,
      columns: own(columns).map(({ name, type, nullable, given, extra }) => ({
        name: String(name),
        // Older servers add a display width that means nothing.
        type: String(type).replace(/(int)\(\d+\)/, '$1'),
        nullable: nullable === 'YES',
        default: plainDefault(given),
        autoIncrement: String(extra).includes('auto_increment'),
      })),
      indexes: indexNames.map((index) => {
        const members = own(parts).filter(({ name }) => name === index);
        return {
          name: index,
          unique: Number(members[0]?.repeats) === 0,
          columns: members.map(({ col }) => String(col)),
        };
      }),
      foreignKeys: own(keys)
        .filter(({ kind }) => kind === 'FOREIGN KEY')
        .map(({ name }) => String(name)),
    };
  });
}

/** MariaDB quotes texts and says NULL, MySQL does neither. */
function plainDefault(given: Row[string] | undefined): string | null {
  if (given == null || given === 'NULL') return null;
  const text = String(given).replace(/^'(.*)'$/, '$1');
  return /^current_timestamp/i.test(text) ? text.toLowerCase() : text;
}
