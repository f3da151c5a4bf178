/**
 * The settings of every session when it is opened, whatever the server's defaults and its `init_connect` are: those are made
 * for other programs, and each of these settings changes what a value, a statement or a transaction means.
 *
 * Sent before the flavour is known: each server runs the part that is marked as its own. If the settings cannot be made, the
 * connection is refused, since a wrong session silently writes wrong values.
 */
const names = 'NAMES utf8mb4 COLLATE utf8mb4_unicode_ci';

const settings: Readonly<Record<string, string | number>> = {
  time_zone: "'+00:00'",
  sql_mode: "'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
  autocommit: 1,
  completion_type: 0,
  foreign_key_checks: 1,
  unique_checks: 1,
  sql_safe_updates: 0,
  sql_auto_is_null: 0,
  // Other limits would truncate lists, or refuse joins.
  sql_select_limit: '18446744073709551615',
  sql_big_selects: 1,
};
const isolation = "'REPEATABLE-READ'";
const onMariadb = `tx_isolation = ${isolation}, tx_read_only = 0`;
const onMysql = `transaction_isolation = ${isolation}, transaction_read_only = 0`;
const ofAll = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);

export const sessionSettings = `SET ${[names, ...ofAll].join(', ')} /*M!100101 , ${onMariadb} */ /*!80000 , ${onMysql} */`;

/**
 * Fails if the session's settings are not in force after all, as behind a proxy that answers for the server: a subquery of two
 * rows is no value. (`DO` would not do: MariaDB turns it into a warning.) Some servers know the database's name in lower case
 * only.
 */
export function sessionCheck(database: string): string {
  return `SET @tidemark_session = (SELECT 1 UNION ALL SELECT 2 FROM DUAL WHERE NOT (@@character_set_client = 'utf8mb4'
 AND @@character_set_connection = 'utf8mb4' AND @@character_set_results = 'utf8mb4' AND @@autocommit = 1
 AND @@time_zone = '+00:00' AND @@completion_type = 'NO_CHAIN' AND @@sql_mode LIKE 'STRICT_TRANS_TABLES%'
 /*M!100101 AND @@tx_isolation = ${isolation} */ /*!80000 AND @@transaction_isolation = ${isolation} */
 AND LOWER(DATABASE()) <=> LOWER(${textLiteral(database)})))`;
}

/** Sent once on each new connection: the server's `init_connect` may have changed the current database. */
export function onConnect(database: string): readonly string[] {
  return [sessionSettings, `USE ${quotedName(database)}`, sessionCheck(database)];
}

/** For connections outside pools: servers close idle connections, some after seconds. These are idle by nature, and few. */
export function onLongConnection(database: string): readonly string[] {
  return [...onConnect(database), 'SET wait_timeout = 3600'];
}

export const quotedName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** In hexadecimal: how a string is escaped depends on the session. */
const textLiteral = (text: string): string => `CONVERT(X'${Buffer.from(text).toString('hex')}' USING utf8mb4)`;

/** The driver's own limit also counts time in which this process could not run; the limit that matters is set by the caller. */
export const connectFactor = 20;

export const beginToWrite = 'START TRANSACTION READ WRITE';
/** From the session's next transaction on; a single statement is one. */
export const sessionWrites = 'SET SESSION TRANSACTION READ WRITE';
export const sessionRefusesWrites = 'SET SESSION TRANSACTION READ ONLY';

/**
 * For pools only. The server ends a statement that runs longer than the timeout. MySQL ends only reads that way, and writes wait
 * for row locks for most of a minute and for table locks for a year: so the lock timeouts are set on both.
 * `@tidemark_group` is the UUID that numbers the transactions of a MySQL replication group. With `refusesWrites` the server
 * refuses every write, including those of procedures, except in a transaction begun for writing.
 */
export function poolSettings(statementTimeoutMs: number, { refusesWrites = false } = {}): string {
  const seconds = statementTimeoutMs / 1000;
  const lockSeconds = Math.max(1, Math.floor(seconds / 2));
  const [onMariadb, onMysql] = refusesWrites ? [', tx_read_only = 1', ', transaction_read_only = 1'] : ['', ''];
  return `SET innodb_lock_wait_timeout = ${lockSeconds}, lock_wait_timeout = ${lockSeconds} /*M!100101 , max_statement_time = ${seconds}${onMariadb} */ /*!80000 , max_execution_time = ${Math.ceil(statementTimeoutMs)}${onMysql}, @tidemark_group = (SELECT VARIABLE_VALUE FROM performance_schema.global_variables WHERE VARIABLE_NAME = 'group_replication_group_name') */`;
}
