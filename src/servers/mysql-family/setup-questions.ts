/**
 * Settings that are asked for seldom, since most of them change only with a restart. Those whose change could break a
 * guarantee at any moment are part of each probe instead.
 */
import { type Row, textOf } from '../rows.ts';

const names = [
  'server_id',
  'enforce_gtid_consistency',
  'log_replica_updates',
  'log_slave_updates',
  'gtid_strict_mode',
  'gtid_domain_id',
  'replica_skip_errors',
  'slave_skip_errors',
  'replica_exec_mode',
  'slave_exec_mode',
  'replicate_events_marked_for_skip',
  'binlog_storage_engine',
  'rpl_semi_sync_source_wait_point',
  'rpl_semi_sync_master_wait_point',
  'rpl_semi_sync_source_timeout',
  'rpl_semi_sync_master_timeout',
  'max_prepared_stmt_count',
  'group_replication_consistency',
] as const;

/** The answer omits those that the server does not have. */
export const setupVariables = `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names.map((name) => `'${name}'`).join(', ')})`;

const states = [
  // Of all clients together.
  'Prepared_stmt_count',
  'Rpl_semi_sync_source_status',
  'Rpl_semi_sync_source_clients',
  'Rpl_semi_sync_master_status',
  'Rpl_semi_sync_master_clients',
] as const;

export const statesNow = `SHOW GLOBAL STATUS WHERE Variable_name IN (${states.map((name) => `'${name}'`).join(', ')})`;

export function variablesOf(rows: readonly Row[]): Readonly<Record<string, string>> {
  return Object.fromEntries(rows.map((row) => [textOf(row, 'Variable_name'), textOf(row, 'Value')]));
}

/** What the source leaves out of its log. No rows if it writes none; `null` if the account may not ask. */
export function logFiltersOf(rows: readonly Row[] | null): Readonly<Record<string, string>> {
  if (rows === null) return {};
  const [row] = rows;
  return { binlog_do_db: textOf(row, 'Binlog_Do_DB'), binlog_ignore_db: textOf(row, 'Binlog_Ignore_DB') };
}

/** Renamed in MySQL 8.2. */
export function logStatusOfMysql(version: string): string {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 8 || (major === 8 && minor >= 2) ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS';
}
