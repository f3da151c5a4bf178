import type { Connection } from 'mariadb';
import { mariadbStatements } from './mariadb.ts';
import { mysqlStatements } from './mysql.ts';
import type { ServerStatements } from './server-statements.ts';

/** The wording for the server behind an open connection, from its greeting. */
export function statementsFor(connection: Connection): ServerStatements {
  return connection.info?.isMariaDB() ? mariadbStatements : mysqlStatements;
}
