/**
 * `EXPLAIN` checks the account's privileges as the statement itself does, including roles and single columns, and writes nothing.
 */
import type { WriteRight } from '../../cluster/write-fault.ts';
import type { ServerChecks } from '../flavour.ts';
import { quotedName } from './session-settings.ts';

export const postgresqlChecks: ServerChecks = {
  // Privileges count as soon as they are granted or revoked, also for connections that are open.
  enter: async () => undefined,
  read: async (connection, table, columns) => {
    await connection.query(`SELECT ${listed(columns)} FROM ${quotedName(table)} LIMIT 1`);
  },
  write: async (connection, right, table, columns) => {
    await connection.query(`EXPLAIN ${writes[right](quotedName(table), columns)}`);
  },
  impatiently: async (connection, work) => {
    await connection.query("SET lock_timeout = '1s'");
    try {
      return await work();
    } finally {
      await connection.query('RESET lock_timeout').catch(() => undefined);
    }
  },
  grant: (rights, _database, table, account) =>
    `GRANT ${rights.join(', ')} ON ${table === null ? 'ALL TABLES IN SCHEMA public' : quotedName(table)} TO ${account}`,
};

/** Each names the columns that are written: privileges may cover only some of them. */
const writes: Readonly<Record<WriteRight, (table: string, columns: readonly string[]) => string>> = {
  INSERT: (table, columns) =>
    `INSERT INTO ${table} (${listed(columns)}) SELECT ${columns.map(() => 'NULL').join(', ')} WHERE false`,
  UPDATE: (table, columns) =>
    `UPDATE ${table} SET ${columns.map((column) => `${quotedName(column)} = NULL`).join(', ')} WHERE false`,
  DELETE: (table) => `DELETE FROM ${table} WHERE false`,
};

const listed = (columns: readonly string[]): string => columns.map(quotedName).join(', ');
