/**
 * Whether a server that takes writes would carry out those that it is sent. `EXPLAIN` opens the table and judges the account's
 * rights as the write itself does, with roles and single columns, and writes nothing: no row, no lock of one, no log.
 *
 * It waits for a lock of the whole table, as a backup or a migration holds it. That says nothing of the account, and so the wait
 * is short, and what was known stays.
 */
import { type Connection, SqlError } from 'mariadb';
import type { WriteFault, WriteRight } from '../../cluster/write-fault.ts';
import { flavourOf } from '../../servers/flavours.ts';
import { wordOf } from '../../servers/mysql-family/driver-fault.ts';
import { unableBy } from '../../servers/mysql-family/unable-server.ts';
import type { WriteNeed, WrittenTable } from './serves.ts';

/** `null` when nobody could tell. A server that refuses all writes is not asked for each. */
export async function writeFaults(
  connection: Connection,
  database: string,
  written: readonly WrittenTable[],
): Promise<readonly WriteFault[] | null> {
  if ((await flavourOf(connection).refusedBy(connection)).length > 0) return [];
  await connection.query('SET lock_wait_timeout = 1');
  try {
    const faults: WriteFault[] = [];
    for (const needed of written) {
      const found = await faultAt(connection, database, needed);
      if (found === null) return null;
      faults.push(...found);
    }
    return faults;
  } finally {
    await connection.query('SET lock_wait_timeout = DEFAULT').catch(() => undefined);
  }
}

async function faultAt(connection: Connection, database: string, needed: WrittenTable): Promise<WriteFault[] | null> {
  const { table } = needed;
  const refused: { readonly right: WriteRight; readonly error: SqlError }[] = [];
  for (const [right, { columns }] of Object.entries(needed.rights) as [WriteRight, WriteNeed][]) {
    try {
      await connection.query(`EXPLAIN ${questions[right](table, columns)}`);
    } catch (error) {
      if (!(error instanceof SqlError) || error.fatal) throw error;
      const kind = unableBy(error.errno);
      if (kind === null || kind === 'TABLE_SILENT') return null;
      refused.push({ right, error });
    }
  }
  const [first] = refused;
  if (first === undefined) return [];
  const kind = unableBy(first.error.errno);
  if (kind === null || kind === 'TABLE_SILENT') return null;
  const rights = refused.map(({ right }) => right);
  const lost = rights.flatMap((right) => needed.rights[right] ?? []);
  const cure =
    kind === 'RIGHT_MISSING'
      ? `GRANT ${rights.join(', ')} ON \`${database}\`.\`${table}\` TO the account in its URL`
      : null;
  return [
    {
      kind,
      table,
      rights,
      code: wordOf(first.error),
      without: [...new Set(lost.map(({ without }) => without))],
      stops: lost.some(({ stops }) => stops === true),
      cure,
    },
  ];
}

/** Each names the columns that are written: rights may be to some of them only. */
const questions: Readonly<Record<WriteRight, (table: string, columns: readonly string[]) => string>> = {
  INSERT: (table, columns) =>
    `INSERT INTO \`${table}\` (${listed(columns)}) SELECT ${columns.map(() => 'NULL').join(', ')} FROM DUAL WHERE 1 = 0`,
  UPDATE: (table, columns) =>
    `UPDATE \`${table}\` SET ${columns.map((column) => `\`${column}\` = NULL`).join(', ')} WHERE 1 = 0`,
  DELETE: (table) => `DELETE FROM \`${table}\` WHERE 1 = 0`,
};

const listed = (columns: readonly string[]): string => columns.map((column) => `\`${column}\``).join(', ');
