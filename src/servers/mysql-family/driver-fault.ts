/**
 * What went wrong, read from the driver's error numbers at the pool, where they are still there: Prisma reports a wrong
 * password, a dead server and an exhausted pool all alike.
 */
import { SqlError } from 'mariadb';
import { perhapsForTls, tlsFaultInWords } from '../tls-fault.ts';
import { unableBy } from './unable-server.ts';
import { isAboutValue } from './value-faults.ts';

export const driverFaults = [
  'CONNECTION',
  'EXHAUSTED',
  'DEADLOCK',
  'LOCK_TIMEOUT',
  'STATEMENT_TIMEOUT',
  'READ_ONLY',
  // A commit was not answered for as long as it is waited for: it may still be, on a connection that nobody uses any more.
  'COMMIT_OVERDUE',
  // A member lost its group in the middle of a commit. It rolls back, yet the others may have received the transaction
  // before, and commit it: this is no proof that nothing was written.
  'LEFT_GROUP',
  // The group told a member to roll back: because of a conflict, as long as the member is in step; else the same as above.
  'GROUP_ROLLED_BACK',
  // A table was changed under a statement, or under a snapshot: begun anew it finds the table as it is.
  'CHANGED',
  // A value that the server cannot store, or compare, unchanged; see refused-value.ts.
  'VALUE',
  // Something of the server and nothing of the statement; see statements/unable-server.ts.
  'UNABLE',
  // A table or a column that is not there: the server's fault, or the statement's.
  'ABSENT',
  'OTHER',
] as const;
export type DriverFault = (typeof driverFaults)[number];

const byNumber: Readonly<Record<number, DriverFault>> = {
  1053: 'CONNECTION', // server shutdown in progress
  1077: 'CONNECTION', // normal shutdown
  1079: 'CONNECTION', // shutdown complete
  1152: 'CONNECTION', // aborted connection
  1184: 'CONNECTION', // new aborted connection
  1317: 'CONNECTION', // query execution was interrupted, as a stopping server does
  1158: 'CONNECTION', // the server could not read from it
  1159: 'CONNECTION', // nor in time
  1160: 'CONNECTION', // nor write to it
  1161: 'CONNECTION', // nor in time
  1927: 'CONNECTION', // connection was killed
  3169: 'CONNECTION', // session was killed
  2006: 'CONNECTION',
  2013: 'CONNECTION',
  4031: 'CONNECTION', // disconnected by the server after inactivity
  45028: 'EXHAUSTED', // no connection from the pool in time
  1040: 'EXHAUSTED', // too many connections
  1203: 'EXHAUSTED', // … of this account
  1226: 'EXHAUSTED', // the account has used up what it may
  1020: 'DEADLOCK', // a row changed after the snapshot, with innodb_snapshot_isolation
  1213: 'DEADLOCK',
  1205: 'LOCK_TIMEOUT',
  1412: 'CHANGED', // after the snapshot
  1615: 'CHANGED', // after the statement was prepared
  1969: 'STATEMENT_TIMEOUT', // MariaDB's max_statement_time
  3024: 'STATEMENT_TIMEOUT', // MySQL's max_execution_time
  1036: 'READ_ONLY', // a table that may only be read
  1290: 'READ_ONLY', // --read-only
  1792: 'READ_ONLY', // read-only transaction
  1836: 'READ_ONLY',
  1874: 'READ_ONLY', // InnoDB is
  3100: 'LEFT_GROUP', // the group did not answer the commit
  3101: 'GROUP_ROLLED_BACK',
};

const systemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Somebody who waited for a connection is sent away, because the node was found to be down. */
export class NodeDownError extends Error {
  constructor() {
    super('The node is down');
  }
}

/** Nobody waits for the answer to a COMMIT any longer. */
export class CommitOverdueError extends Error {
  constructor() {
    super('The commit was not answered in time');
  }
}

/** After these the server has rolled back for certain, whatever it was asked to do. */
export const certainRefusals: ReadonlySet<DriverFault> = new Set(['DEADLOCK', 'LOCK_TIMEOUT', 'READ_ONLY'] as const);

/** The connection was known to be closed before the statement was given to it. */
export function wasNeverSent(error: unknown): boolean {
  return error instanceof SqlError && error.errno === 45013;
}

/** Nobody gave a connection in time. */
export function isAcquireTimeout(error: unknown): boolean {
  return error instanceof SqlError && error.errno === 45028;
}

/** A connection keeps the rights that its account had when it was opened: one that lacks some is of no more use. */
export function lacksRight(error: unknown): boolean {
  return error instanceof SqlError && unableBy(error.errno) === 'RIGHT_MISSING';
}

export function faultOf(error: unknown): DriverFault {
  if (!(error instanceof Error)) return 'OTHER';
  if (error instanceof NodeDownError) return 'CONNECTION';
  if (error instanceof CommitOverdueError) return 'COMMIT_OVERDUE';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (systemCodes.has(code) || tlsFaultInWords(code) !== null) return 'CONNECTION';
  if (!(error instanceof SqlError)) return 'OTHER';
  const known = byNumber[error.errno];
  if (known === 'EXHAUSTED' && error.cause !== undefined && faultOf(error.cause) === 'CONNECTION') return 'CONNECTION';
  if (known !== undefined) return known;
  if (error.fatal) return 'CONNECTION';
  if (isAboutValue(error.errno)) return 'VALUE';
  const unable = unableBy(error.errno);
  return unable === null ? 'OTHER' : unable === 'TABLE_MISSING' ? 'ABSENT' : 'UNABLE';
}

/**
 * One line without statement, parameters or account, fit for logs and health pages. `inTheClear`: the connection was to be
 * one without TLS.
 */
export function faultInWords(error: unknown, { inTheClear = false } = {}): string {
  if (!(error instanceof Error)) return 'an unknown fault';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  switch (code) {
    case 'ECONNREFUSED':
      return 'refused the connection';
    case 'ETIMEDOUT':
    case 'ER_CONNECTION_TIMEOUT':
      return 'does not answer';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its host name is not known';
    case 'ER_DBACCESS_DENIED_ERROR':
      return 'does not let the account into the database: it needs GRANT SELECT, INSERT, UPDATE, DELETE ON its tables';
    case 'ER_BAD_DB_ERROR':
      return 'has no database of that name';
    case 'ER_ACCESS_DENIED_ERROR':
      return `refused the account${inTheClear ? perhapsForTls : ''}`;
    default:
      return tlsFaultInWords(code) ?? otherwiseInWords(error, code);
  }
}

function otherwiseInWords(error: Error, code: string): string {
  if (isOutOfGalera(error)) return 'is not in the primary component of its Galera cluster, or not in step with it yet';
  if (faultOf(error) === 'CONNECTION') return 'lost the connection';
  return `answered ${error instanceof SqlError ? wordOf(error) : code}`;
}

/** The server's own word for what it said. The driver has none for the numbers of the files below the tables. */
export const wordOf = ({ code, errno }: SqlError): string =>
  code === null || code === 'UNKNOWN' ? `error ${errno}` : code;

/**
 * A node without the majority refuses whatever looks like a read of a table, in a class of errors that others use for lost
 * connections. When a connection is opened the driver keeps only the text of what the server said.
 */
function isOutOfGalera(error: unknown): boolean {
  if (!(error instanceof SqlError)) return false;
  const isRefusal = error.errno === 1047 || error.errno === 45030;
  return (isRefusal && error.message.includes('WSREP has not yet prepared node')) || isOutOfGalera(error.cause);
}
