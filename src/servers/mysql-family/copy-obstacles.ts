import type { Connection } from '../connection.ts';
import { rowsOf, textOf } from '../rows.ts';

const systemSchemas = "'mysql', 'sys', 'information_schema', 'performance_schema'";
const largestBytes = 20 * 1024 ** 3;

/** Why the data of this server cannot be copied row by row; empty if it can. */
export async function copyObstacles(connection: Connection, database: string): Promise<string[]> {
  const readNames = async (sql: string, values: readonly string[]) =>
    rowsOf(await connection.query(sql, [...values])).map((row) => textOf(row, 'name'));
  const [others, kinds, shapes, [size]] = await Promise.all([
    readNames(
      `SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN (${systemSchemas}, ?)`,
      [database],
    ),
    readNames(
      `SELECT TABLE_NAME AS name FROM information_schema.TABLES
        WHERE TABLE_SCHEMA = ? AND (TABLE_TYPE <> 'BASE TABLE' OR COALESCE(ENGINE, '') <> 'InnoDB')
       UNION SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?
       UNION SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ?
       UNION SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?`,
      [database, database, database, database],
    ),
    readNames(
      `SELECT DISTINCT TABLE_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ?
        AND DATA_TYPE IN ('geometry', 'point', 'linestring', 'polygon', 'multipoint', 'multilinestring', 'multipolygon',
          'geometrycollection', 'geomcollection', 'vector')`,
      [database],
    ),
    connection
      .query('SELECT SUM(DATA_LENGTH) AS bytes FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?', [database])
      .then(rowsOf),
  ]);
  return [
    ...(others.length === 0 ? [] : [`there are other databases on it: ${others.join(', ')}`]),
    ...(kinds.length === 0 ? [] : [`not everything in it is an ordinary InnoDB table: ${kinds.join(', ')}`]),
    ...(shapes.length === 0 ? [] : [`columns of these tables cannot be copied as text: ${shapes.join(', ')}`]),
    ...(Number(size?.bytes ?? 0) <= largestBytes ? [] : ['it holds more than 20 GB']),
  ];
}
