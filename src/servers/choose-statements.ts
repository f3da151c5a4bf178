import type { Connection } from 'mariadb';
import { mariadbStatements } from './mariadb/statements.ts';
import { mysqlStatements } from './mysql/statements.ts';
import type { ServerStatements } from './server-statements.ts';

/** The wording for the server behind an open connection, from its greeting. */
export function statementsFor(connection: Connection): ServerStatements {
  return connection.info?.isMariaDB() ? mariadbStatements : mysqlStatements;
}
