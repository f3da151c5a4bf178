/** Classifies failures by the error numbers of the family and of its driver. */
import { SqlError } from 'mariadb';
import type { ConnectingFault, DriverFaults } from '../driver.ts';
import { type DriverFault, ownFaultOf } from '../driver-fault.ts';
import type { TlsFault } from '../tls-fault.ts';
import { blamesServer, cureByNumber, unableByNumber } from './unable-server.ts';
import { isAboutValue, refusedValueOf } from './value-faults.ts';

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
  3572: 'LOCK_TIMEOUT', // NOWAIT, and the row is locked (MySQL)
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

const connectingFaults: Readonly<Record<string, ConnectingFault>> = {
  ER_CONNECTION_TIMEOUT: 'SILENT',
  ER_SOCKET_UNEXPECTED_CLOSE: 'CLOSED',
  ER_ACCESS_DENIED_ERROR: 'ACCOUNT_REFUSED',
  ER_DBACCESS_DENIED_ERROR: 'DATABASE_DENIED',
  ER_BAD_DB_ERROR: 'NO_DATABASE',
};
const tlsFaults: Readonly<Record<string, TlsFault>> = {
  ER_TLS_IDENTITY_ERROR: 'OTHER_NAME',
  ER_SERVER_SSL_DISABLED: 'NOT_OFFERED',
  ER_SECURE_TRANSPORT_REQUIRED: 'DEMANDED',
};
const outOfGalera = 'is not in the primary component of its Galera cluster, or not in step with it yet';
const noSuchTable = 1146;
const duplicateEntry = 1062;
const closedBefore = 45013;
const notAcquired = 45028;

export const familyFaults: DriverFaults = {
  owns: (error) => error instanceof SqlError,
  faultOf: (error) => (error instanceof SqlError ? sqlFaultOf(error) : 'OTHER'),
  inWords: (error) => (isOutOfGalera(error) ? outOfGalera : null),
  connecting: (error) => (error instanceof SqlError ? (connectingFaults[String(error.code)] ?? null) : null),
  tls: (error) => (error instanceof SqlError ? tlsFaultOf(error) : null),
  wordOf: (error) => (error instanceof SqlError ? wordOf(error) : error.name),
  sentenceOf: (error) => (error instanceof SqlError ? (error.sqlMessage ?? null) : null),
  unableBy: (error) => unableByNumber(numberOf(error)),
  readRefusal: (error) => {
    const errno = numberOf(error);
    if (!(error instanceof SqlError) || unableByNumber(errno) === null) return null;
    return { code: wordOf(error), mayBeStatement: !blamesServer(errno), cure: cureByNumber(errno) };
  },
  refusedValueOf,
  isNoTable: (error) => numberOf(error) === noSuchTable,
  isDuplicate: (error) => numberOf(error) === duplicateEntry,
  wasNeverSent: (error) => numberOf(error) === closedBefore,
  isAcquireTimeout: (error) => numberOf(error) === notAcquired,
};

const tlsFaultOf = ({ code }: SqlError): TlsFault | null => tlsFaults[String(code)] ?? null;

const numberOf = (error: unknown): number => (error instanceof SqlError ? error.errno : 0);

/** Also for errors that the driver only passes on. */
export function faultOf(error: unknown): DriverFault {
  if (!(error instanceof Error)) return 'OTHER';
  return ownFaultOf(error) ?? familyFaults.faultOf(error);
}

function sqlFaultOf(error: SqlError): DriverFault {
  if (tlsFaultOf(error) !== null) return 'CONNECTION';
  const known = byNumber[error.errno];
  if (known === 'EXHAUSTED' && error.cause !== undefined && faultOf(error.cause) === 'CONNECTION') return 'CONNECTION';
  if (known !== undefined) return known;
  if (error.fatal) return 'CONNECTION';
  if (isGroupConflict(error)) return 'GROUP_ROLLED_BACK';
  if (isAboutValue(error.errno)) return 'VALUE';
  const unable = unableByNumber(error.errno);
  return unable === null ? 'OTHER' : unable === 'TABLE_MISSING' ? 'ABSENT' : 'UNABLE';
}

/**
 * A transaction of another primary has won before this one could be certified: MySQL reports its engine's deadlock as an error of
 * the COMMIT. Other errors of a COMMIT have the same number.
 */
const isGroupConflict = ({ errno, sqlMessage }: SqlError): boolean =>
  errno === 1180 && /^Got error 149 - /.test(sqlMessage ?? '');

/** The server's own code for the error. The driver has no code for errors of the files below the tables. */
const wordOf = ({ code, errno }: SqlError): string => (code === null || code === 'UNKNOWN' ? `error ${errno}` : code);

/**
 * A node without the majority refuses every statement that appears to read a table, with an error class that others use for
 * lost connections. While a connection is being opened, the driver keeps only the text of the server's error.
 */
function isOutOfGalera(error: unknown): boolean {
  if (!(error instanceof SqlError)) return false;
  const isRefusal = error.errno === 1047 || error.errno === 45030;
  return (isRefusal && error.message.includes('WSREP has not yet prepared node')) || isOutOfGalera(error.cause);
}
