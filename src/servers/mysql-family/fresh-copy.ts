/**
 * Copies one server's data to another as of one position: for a server whose own history is to be discarded.
 *
 * The source refuses commits while a snapshot is opened and its position read, so that the two match.
 * The target keeps its old GTIDs until all rows are copied: after an interrupted copy it still counts as not copied, and
 * the same command starts over. Nothing of the copying enters the target's binary log.
 */

import type { Position } from '../../consistency/position.ts';
import { type Connection, exactly } from '../connection.ts';
import type { CopyRequest } from '../flavour.ts';
import { rowsOf, textOf } from '../rows.ts';
import { quotedName as quoted } from './session-settings.ts';

const rowsPerInsert = 200;
const insertsPerCommit = 50;
const asPrinted = { ...exactly, jsonStrings: true, bitOneIsBoolean: false } as const;

/** Returns the position that the target now holds. */
export async function copyAfresh({
  source,
  target,
  database,
  positionOfSource,
  onTable,
}: CopyRequest): Promise<Position> {
  const position = await openSnapshot(source, positionOfSource);
  for (const setting of [
    'sql_log_bin = 0',
    'foreign_key_checks = 0',
    'unique_checks = 0',
    "sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
    "time_zone = '+00:00'",
    'lock_wait_timeout = 10',
  ]) {
    await target.query(`SET SESSION ${setting}`);
  }
  const name = quoted(database);
  const [made] = rowsOf(await source.query(`SHOW CREATE DATABASE ${name}`));
  await target.query(`DROP DATABASE IF EXISTS ${name}`);
  await target.query(textOf(made, 'Create Database'));
  await target.query(`USE ${name}`);
  for (const table of await readTables(source, database)) {
    const [definition] = rowsOf(await source.query(`SHOW CREATE TABLE ${quoted(table)}`));
    await target.query(textOf(definition, 'Create Table'));
    onTable(table, await copyTable(source, target, { database, table }));
  }
  await source.query('COMMIT');
  return position;
}

async function openSnapshot(source: Connection, positionOfSource: () => Promise<Position>): Promise<Position> {
  await source.query("SET SESSION time_zone = '+00:00', lock_wait_timeout = 10");
  await source.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await source.query('FLUSH TABLES WITH READ LOCK');
  try {
    await source.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    return await positionOfSource();
  } finally {
    await source.query('UNLOCK TABLES');
  }
}

async function readTables(source: Connection, database: string): Promise<string[]> {
  const sql = 'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME';
  return rowsOf(await source.query(sql, [database])).map((row) => textOf(row, 'name'));
}

async function copyTable(
  source: Connection,
  target: Connection,
  { database, table }: { readonly database: string; readonly table: string },
): Promise<number> {
  const columns = rowsOf(
    await source.query(
      `SELECT COLUMN_NAME AS name, DATA_TYPE AS type FROM information_schema.COLUMNS
        WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND COALESCE(GENERATION_EXPRESSION, '') = '' ORDER BY ORDINAL_POSITION`,
      [database, table],
    ),
  ).map((row) => ({ name: quoted(textOf(row, 'name')), type: textOf(row, 'type') }));
  // A FLOAT is printed with fewer digits than it has.
  const selected = columns.map(({ name, type }) => (type === 'float' ? `${name} + 0e0` : name)).join(', ');
  const insert = `INSERT INTO ${quoted(table)} (${columns.map(({ name }) => name).join(', ')}) VALUES `;
  const tuple = `(${columns.map(() => '?').join(', ')})`;
  let [rows, inserts] = [0, 0];
  let waiting: unknown[][] = [];
  const write = async () => {
    if (waiting.length === 0) return;
    if (inserts % insertsPerCommit === 0) await target.query('START TRANSACTION');
    await target.query(insert + waiting.map(() => tuple).join(', '), waiting.flat());
    inserts += 1;
    if (inserts % insertsPerCommit === 0) await target.query('COMMIT');
    rows += waiting.length;
    waiting = [];
  };
  for await (const row of source.queryStream({ sql: `SELECT ${selected} FROM ${quoted(table)}`, ...asPrinted })) {
    waiting.push(row as unknown[]);
    if (waiting.length >= rowsPerInsert) await write();
  }
  await write();
  await target.query('COMMIT');
  return rows;
}
