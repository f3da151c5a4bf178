import type { Connection } from 'mariadb';
import { mariadbStatements } from './mariadb.ts';
import { mysqlStatements } from './mysql.ts';
import type { ServerStatements } from './server-statements.ts';

/** The wording for the server behind an open connection, from its greeting. */
export function statementsFor(connection: Connection): ServerStatements {
  return connection.info?.isMariaDB() ? mariadbStatements : mysqlStatements;
}

/**
 * Sent once on each new connection of a pool, before anybody knows the flavour: each server runs the part that is marked as
 * its own. Timestamps are UTC; a statement that runs past the timeout is ended by the server. MySQL ends only reads so, and
 * writes wait for locks for most of a minute: the lock timeout is set on both. `@tidemark_group` is what
 * numbers the transactions of a MySQL replication group.
 */
export function sessionSetup(statementTimeoutMs: number): string {
  const seconds = statementTimeoutMs / 1000;
  const lockSeconds = Math.max(1, Math.floor(seconds / 2));
  return `SET time_zone = '+00:00', innodb_lock_wait_timeout = ${lockSeconds} /*M!100101 , max_statement_time = ${seconds} */ /*!80000 , max_execution_time = ${Math.ceil(statementTimeoutMs)}, @tidemark_group = (SELECT VARIABLE_VALUE FROM performance_schema.global_variables WHERE VARIABLE_NAME = 'group_replication_group_name') */`;
}
