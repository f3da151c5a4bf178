/**
 * The settings of every session, whatever the defaults of the server, the database and the role: those are made for other programs,
 * and each of these changes what a value, a statement or a transaction means. They ride in the startup packet, and cost no round trip.
 */
import type { PoolSettings } from '../driver.ts';

export type SessionSettings = Readonly<Record<string, string | number>>;

const always: SessionSettings = {
  TimeZone: 'GMT',
  DateStyle: 'ISO',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  standard_conforming_strings: 'on',
  backslash_quote: 'off',
  extra_float_digits: 1,
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  // Compiling a query takes longer than any of these queries, and some servers lack the library.
  jit: 'off',
};

/** For connections outside pools: they are idle by nature, and few. */
export const longSession: SessionSettings = {
  ...always,
  idle_session_timeout: 0,
  idle_in_transaction_session_timeout: 0,
  statement_timeout: 0,
  lock_timeout: 0,
};

/**
 * For pools. The server ends a statement that runs longer than the timeout; a wait for a lock is over in half of that. A client that
 * has forgotten its transaction holds its locks no longer than a commit may take.
 */
export function pooledSession(
  { statementTimeoutMs, refusesWrites = false }: PoolSettings,
  longestCommitMs: number,
): SessionSettings {
  return {
    ...always,
    default_transaction_read_only: refusesWrites ? 'on' : 'off',
    idle_session_timeout: 0,
    idle_in_transaction_session_timeout: longestCommitMs + statementTimeoutMs,
    statement_timeout: Math.ceil(statementTimeoutMs),
    lock_timeout: Math.max(1, Math.floor(statementTimeoutMs / 2)),
  };
}

/** As the startup packet has them: `-c name=value`, a backslash before what would end a value. */
export function startupOptions(settings: SessionSettings): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${String(value).replaceAll(/[\\\s]/g, '\\$&')}`)
    .join(' ');
}

export const beginToWrite = 'BEGIN READ WRITE';
/** From the session's next transaction on; a single statement is one. */
export const sessionWrites = 'SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE';
export const sessionRefusesWrites = 'SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY';

export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
