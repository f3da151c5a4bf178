/**
 * Faults that the driver reports without a code, by their messages: each is given the code that it lacks, so that no other code has to
 * read messages.
 */
export const lostConnections = {
  /** It ended while something was running on it. */
  LOST: /^Connection terminated unexpectedly|^Connection terminated$|^Client network socket disconnected/,
  /** It had ended before: the statement was not sent. */
  CLOSED: /is not queryable$|^Client was closed/,
  /** The server was silent for longer than it may be. */
  SILENT: /^Query read timeout|due to connection timeout|^timeout expired/,
  /** The pool had no free connection in time. */
  NOT_ACQUIRED: /^timeout exceeded when trying to connect/,
  /** The server was asked for TLS and has none. */
  NO_TLS: /^The server does not support SSL connections/,
} as const;
export type ConnectionLoss = keyof typeof lostConnections;

export class LostConnectionError extends Error {
  readonly loss: ConnectionLoss;

  constructor(loss: ConnectionLoss, cause: Error) {
    super(cause.message, { cause });
    this.loss = loss;
  }
}

/** COMMIT was answered with ROLLBACK: a statement before it had failed, and with it the whole transaction. Nothing was written. */
export class RolledBackError extends Error {
  constructor() {
    super('The transaction was rolled back, because one of its statements had failed');
  }
}

/** The error as the rest of the program is given it. */
export function withCode(error: unknown): unknown {
  if (!(error instanceof Error) || 'code' in error) return error;
  for (const [loss, message] of Object.entries(lostConnections)) {
    if (message.test(error.message)) return new LostConnectionError(loss as ConnectionLoss, error);
  }
  return error;
}
