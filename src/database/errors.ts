import { TidemarkError } from '../errors.ts';

/** The connection was lost while the write was being committed: nobody knows whether it is there. */
export class WriteIndeterminateError extends TidemarkError {
  readonly code = 'WRITE_INDETERMINATE';
  readonly retryable = true;

  constructor(cause: unknown) {
    super(
      'The connection was lost while the write was being committed. Send it again with the same idempotency key to settle it',
      { cause },
    );
  }
}

/** The node that serves this operation was lost in the middle, and another one could show an older world. */
export class NodeLostError extends TidemarkError {
  readonly code = 'NODE_LOST';
  readonly retryable = true;

  constructor(node: string, cause: unknown) {
    super('The server that answered this request was lost before it had finished', { facts: { node }, cause });
  }
}

/** Too many requests want a connection at once. */
export class OverloadedError extends TidemarkError {
  readonly code = 'OVERLOADED';
  readonly retryable = true;

  constructor(cause: unknown) {
    super('All connections are busy', { cause });
  }
}

/** The write met others' locks again and again. */
export class WriteContendedError extends TidemarkError {
  readonly code = 'WRITE_CONTENDED';
  readonly retryable = true;

  constructor(attempts: number, cause: unknown) {
    super('The write met the locks of others too often', { facts: { attempts }, cause });
  }
}

/** The server ended a statement that ran too long. */
export class StatementTimeoutError extends TidemarkError {
  readonly code = 'STATEMENT_TIMEOUT';
  readonly retryable = true;

  constructor(cause: unknown) {
    super('The database took too long', { cause });
  }
}

/** Not the address of a server. Never shows the URL, which has a password in it. */
export class BadServerUrlError extends TidemarkError {
  readonly code = 'BAD_SERVER_URL';
  readonly retryable = false;

  constructor(nodeName: string, fault: string) {
    super(`The URL of ${nodeName} ${fault}`, { facts: { node: nodeName } });
  }
}
