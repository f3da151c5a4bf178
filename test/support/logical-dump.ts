// A logical dump as a dump program writes it, and how operators load one into an emptied server: by plain SQL, because the
// unpacked server packages hold no dump program.
import type { Connection } from 'mariadb';
import type { TestCluster } from './test-cluster.ts';

export type LogicalDump = {
  readonly statements: readonly string[];
  /** Where the server stood, as it says it itself. */
  readonly position: string;
};

const binaryTypes = "'binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'";
const sessionOfDumps = "SET SESSION foreign_key_checks = 0, unique_checks = 0, time_zone = '+00:00'";

/** With the position that belongs to the rows: nobody commits in between. */
export async function takeDump(cluster: TestCluster, name: string): Promise<LogicalDump> {
  const connection = await cluster.admin(name);
  try {
    await connection.query(sessionOfDumps);
    await connection.query('FLUSH TABLES WITH READ LOCK');
    const position = cluster.cluster.flavour === 'mysql' ? 'gtid_executed' : 'gtid_current_pos';
    const [{ at }] = await connection.query(`SELECT @@GLOBAL.${position} AS at`);
    const tables: { name: string }[] = await connection.query(
      "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'",
    );
    const statements: string[] = [];
    for (const table of tables) statements.push(...(await dumpOf(connection, table.name)));
    return { statements, position: String(at).replaceAll('\n', '') };
  } finally {
    await connection.end();
  }
}

async function dumpOf(connection: Connection, table: string): Promise<string[]> {
  const [created] = await connection.query(`SHOW CREATE TABLE \`${table}\``);
  const columns: { name: string; isBinary: unknown }[] = await connection.query(
    `SELECT COLUMN_NAME AS name, DATA_TYPE IN (${binaryTypes}) AS isBinary FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND COALESCE(GENERATION_EXPRESSION, '') = '' ORDER BY ORDINAL_POSITION`,
    [table],
  );
  const names = columns.map(({ name }) => `\`${name}\``);
  const values = columns.map(({ isBinary }, at) =>
    Number(isBinary) === 1
      ? `IF(${names[at]} IS NULL, 'NULL', CONCAT("X'", HEX(${names[at]}), "'"))`
      : `QUOTE(${names[at]})`,
  );
  const rows: { row: string }[] = await connection.query(
    `SELECT CONCAT_WS(', ', ${values.join(', ')}) AS \`row\` FROM \`${table}\``,
  );
  const into = `INSERT INTO \`${table}\` (${names.join(', ')}) VALUES ${rows.map(({ row }) => `(${row})`).join(', ')}`;
  return [String(created['Create Table']), ...(rows.length === 0 ? [] : [into])];
}

export type Load = {
  /** Whether the binary log holds what is loaded. */
  readonly logs: boolean;
  /** Whether the log begins anew, and the server is told where the dump stands. */
  readonly resets: boolean;
};

/**
 * A server is emptied and gets the dump. As the handbooks say: nobody writes there meanwhile, the log begins anew, what is loaded
 * is not in it, and the server is told where the rows stand.
 */
export async function restoreDump(
  cluster: TestCluster,
  name: string,
  { statements, position }: LogicalDump,
  { logs, resets }: Load = { logs: false, resets: true },
): Promise<void> {
  const mysql = cluster.cluster.flavour === 'mysql';
  const connection = await cluster.admin(name);
  try {
    await connection.query('SET GLOBAL read_only = 1');
    await connection.query(`${sessionOfDumps}, sql_log_bin = ${logs ? 1 : 0}`);
    if (resets) await connection.query(mysql ? 'RESET BINARY LOGS AND GTIDS' : 'RESET MASTER');
    for (const statement of ['DROP DATABASE orders', 'CREATE DATABASE orders', 'USE orders', ...statements]) {
      await connection.query(statement);
    }
    if (resets) await connection.query(`SET GLOBAL ${mysql ? 'gtid_purged' : 'gtid_slave_pos'} = '${position}'`);
    await connection.query('SET GLOBAL read_only = 0');
  } finally {
    await connection.end();
  }
}
