import { TidemarkError } from '../errors.ts';
import { systemClock } from '../platform/clock.ts';
import { OverdueError, within } from '../platform/deadline.ts';
import { OwnClock } from '../platform/own-clock.ts';
import type { Connection } from './connection.ts';
import { codeOf } from './driver-fault.ts';
import { connectingFaultOf, tlsFaultOf } from './faults.ts';
import { driverAt } from './known-flavours.ts';
import { addressAt } from './server-url.ts';
import { perhapsForTls } from './tls-fault.ts';

/** The server cannot be used: it is not there, it needs another account, or it has no such database. */
export class DatabaseUnreachableError extends TidemarkError {
  readonly code = 'DATABASE_UNREACHABLE';
  readonly retryable = true;
  /** No server answers at the address now: try another server, or the same one later. */
  readonly absent: boolean;

  constructor(server: string, reason: string, cause: unknown, absent = false) {
    super(`The database server at ${server} ${reason}`, { facts: { server, reason }, cause });
    this.absent = absent;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections: is it running?',
  ETIMEDOUT: 'does not answer',
  ENOTFOUND: 'has a host name that is not known',
  EAI_AGAIN: 'has a host name that is not known',
  SILENT: 'does not answer',
  ACCOUNT_REFUSED: 'refuses the user or the password',
  DATABASE_DENIED: 'does not let this user into the database',
  NO_DATABASE: 'has no such database',
};

const absent: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'SILENT',
  'CLOSED',
  // A container that is down has no name.
  'ENOTFOUND',
  'EAI_AGAIN',
]);

export type DirectConnectionOptions = {
  /** In this process's own time: on a busy machine, seconds may pass before this process reads an answer. */
  readonly connectTimeoutMs?: number;
  /** How long the connected server may stay silent; 0: without limit. */
  readonly silenceMs?: number;
};

/**
 * One connection for administrative work, outside of any pool and of Prisma. `url` names the server and
 * the account, and TLS where it is wanted. Throws `DatabaseUnreachableError` or `BadServerUrlError`; neither repeats a password.
 */
export async function openDirectConnection(
  url: string,
  { connectTimeoutMs = 5000, silenceMs = 0 }: DirectConnectionOptions = {},
): Promise<Connection> {
  const address = addressAt(url);
  const { opened, cut } = driverAt(address).open(address, { timeoutMs: connectTimeoutMs, silenceMs });
  try {
    return await within(opened, connectTimeoutMs, new OwnClock(systemClock));
  } catch (error) {
    if (error instanceof OverdueError) {
      opened.catch(() => undefined);
      cut();
      throw new DatabaseUnreachableError(address.name, 'does not answer', error, true);
    }
    const code = error instanceof Error ? codeOf(error) : '';
    const why = connectingFaultOf(error) ?? code;
    const otherwise = reasons[why] ?? `cannot be used (${code || 'no error code'})`;
    const clue = why === 'ACCOUNT_REFUSED' && address.tls === null ? perhapsForTls : '';
    const reason = tlsFaultOf(error) ?? `${otherwise}${clue}`;
    throw new DatabaseUnreachableError(address.name, reason, error, absent.has(why));
  }
}
