/**
 * `EXPLAIN` opens the table and checks the account's privileges as the write itself does, including roles and single columns,
 * and writes nothing: no row, no lock of one, no log.
 */
import type { WriteRight } from '../../cluster/write-fault.ts';
import type { ServerChecks } from '../flavour.ts';
import { quotedName } from './session-settings.ts';

export const familyChecks: ServerChecks = {
  enter: async (connection, database) => {
    await connection.query(`USE ${quotedName(database)}`);
  },
  read: async (connection, table, columns) => {
    await connection.query(`SELECT ${listed(columns)} FROM ${quotedName(table)} LIMIT 1`);
  },
  write: async (connection, right, table, columns) => {
    await connection.query(`EXPLAIN ${writes[right](quotedName(table), columns)}`);
  },
  impatiently: async (connection, work) => {
    await connection.query('SET lock_wait_timeout = 1');
    try {
      return await work();
    } finally {
      await connection.query('SET lock_wait_timeout = DEFAULT').catch(() => undefined);
    }
  },
  grant: (rights, database, table, account) =>
    `GRANT ${rights.join(', ')} ON ${quotedName(database)}.${table === null ? '*' : quotedName(table)} TO ${account}`,
};

/** Each names the columns that are written: privileges may cover only some of them. */
const writes: Readonly<Record<WriteRight, (table: string, columns: readonly string[]) => string>> = {
  INSERT: (table, columns) =>
    `INSERT INTO ${table} (${listed(columns)}) SELECT ${columns.map(() => 'NULL').join(', ')} FROM DUAL WHERE 1 = 0`,
  UPDATE: (table, columns) =>
    `UPDATE ${table} SET ${columns.map((column) => `${quotedName(column)} = NULL`).join(', ')} WHERE 1 = 0`,
  DELETE: (table) => `DELETE FROM ${table} WHERE 1 = 0`,
};

const listed = (columns: readonly string[]): string => columns.map(quotedName).join(', ');
