import { type Connection, createConnection } from 'mariadb';
import { TidemarkError } from '../../errors.ts';
import { systemClock } from '../../platform/clock.ts';
import { OverdueError, within } from '../../platform/deadline.ts';
import { OwnClock } from '../../platform/own-clock.ts';
import { addressAt } from '../server-address.ts';
import { perhapsForTls, tlsFaultInWords } from '../tls-fault.ts';
import { connectionOptions } from './connection-options.ts';
import { connectFactor, onLongConnection } from './session-settings.ts';
import { Sockets } from './sockets.ts';

/** A server that cannot be worked with: not there, another account needed, or no such database. */
export class DatabaseUnreachableError extends TidemarkError {
  readonly code = 'DATABASE_UNREACHABLE';
  readonly retryable = true;
  /** Nobody answers there now; somebody else would have to be asked, or the same again later. */
  readonly absent: boolean;

  constructor(server: string, reason: string, cause: unknown, absent = false) {
    super(`The database server at ${server} ${reason}`, { facts: { server, reason }, cause });
    this.absent = absent;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections: is it running?',
  ETIMEDOUT: 'does not answer',
  ER_CONNECTION_TIMEOUT: 'does not answer',
  ENOTFOUND: 'has a host name that is not known',
  EAI_AGAIN: 'has a host name that is not known',
  ER_ACCESS_DENIED_ERROR: 'refuses the user or the password',
  ER_DBACCESS_DENIED_ERROR: 'does not let this user into the database',
  ER_BAD_DB_ERROR: 'has no such database',
};

const absentCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ER_CONNECTION_TIMEOUT',
  'ER_SOCKET_UNEXPECTED_CLOSE',
  // A container that is down has no name.
  'ENOTFOUND',
  'EAI_AGAIN',
]);

export type DirectConnectionOptions = {
  /** Of this process's own time: who starts on a busy machine takes seconds before it reads an answer. */
  readonly connectTimeoutMs?: number;
  /** How long the server may say nothing at all once it is connected; 0 is without end. */
  readonly silenceMs?: number;
};

/**
 * One connection for administrative work, outside of any pool and of Prisma. `url` is `mysql://user:password@host:port/database`,
 * with TLS where it says so. Throws `DatabaseUnreachableError` or `BadServerUrlError`; neither repeats a password.
 */
export async function openDirectConnection(
  url: string,
  { connectTimeoutMs = 5000, silenceMs = 0 }: DirectConnectionOptions = {},
): Promise<Connection> {
  const address = addressAt(url);
  const sockets = new Sockets(address);
  const opening = createConnection({
    ...connectionOptions(address),
    stream: sockets.connect,
    timezone: 'Z',
    connectTimeout: connectTimeoutMs * connectFactor,
    socketTimeout: silenceMs,
    initSql: [...onLongConnection(address.database)],
  });
  try {
    return await within(opening, connectTimeoutMs, new OwnClock(systemClock));
  } catch (error) {
    if (error instanceof OverdueError) {
      opening.catch(() => undefined);
      sockets.cut();
      throw new DatabaseUnreachableError(address.name, 'does not answer', error, true);
    }
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const otherwise = reasons[code] ?? `cannot be used (${code || 'no error code'})`;
    const clue = code === 'ER_ACCESS_DENIED_ERROR' && address.tls === null ? perhapsForTls : '';
    const reason = tlsFaultInWords(code) ?? `${otherwise}${clue}`;
    throw new DatabaseUnreachableError(address.name, reason, error, absentCodes.has(code));
  }
}
