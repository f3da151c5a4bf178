import { TidemarkError } from '../errors.ts';

/** The answer to a commit was lost, and its outcome could not be determined in time. */
export class WriteIndeterminateError extends TidemarkError {
  readonly code = 'WRITE_INDETERMINATE';
  readonly retryable = true;

  constructor(cause: unknown) {
    super(
      'The answer to the commit was lost, and the source cannot say what became of it. Send it again with the same idempotency key to settle it',
      { cause },
    );
  }
}

/** The engine was opened without writes to this database. Nothing was written. */
export class DatabaseReadOnlyError extends TidemarkError {
  readonly code = 'DATABASE_READ_ONLY';
  readonly retryable = false;

  constructor(database: string, cause?: unknown) {
    super(`The database ${database} is only read; nothing was written`, { facts: { database }, cause });
  }
}

/** The engine was opened without reads from this database. */
export class DatabaseWriteOnlyError extends TidemarkError {
  readonly code = 'DATABASE_WRITE_ONLY';
  readonly retryable = false;

  constructor(database: string) {
    super(`The database ${database} is only written; read within a write`, { facts: { database } });
  }
}

/** The declared uses of a database contradict each other. */
export class DatabaseUsesError extends TidemarkError {
  readonly code = 'BAD_DATABASE_USES';
  readonly retryable = false;

  constructor(database: string, contradiction: string) {
    super(`The database ${database} ${contradiction}`, { facts: { database } });
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

/** Too many requests need a connection at the same time. */
export class OverloadedError extends TidemarkError {
  readonly code = 'OVERLOADED';
  readonly retryable = true;

  constructor(cause: unknown) {
    super('Connection pool exhausted', { cause });
  }
}

/** The write repeatedly met the locks of others. */
export class WriteContendedError extends TidemarkError {
  readonly code = 'WRITE_CONTENDED';
  readonly retryable = true;

  constructor(attempts: number, cause: unknown) {
    super('The write gave up after repeated lock conflicts', { facts: { attempts }, cause });
  }
}

/**
 * The transaction was rolled back, by the server on its own or because its time was over: what comes later would be committed
 * by itself.
 */
export class TransactionRolledBackError extends TidemarkError {
  readonly code = 'TRANSACTION_ROLLED_BACK';
  readonly retryable = true;

  constructor(cause: unknown) {
    super('This transaction was rolled back; nothing of it was written', { ...(cause !== null && { cause }) });
  }
}

/** The statement was not awaited before the transaction was committed. */
export class TransactionOverError extends TidemarkError {
  readonly code = 'TRANSACTION_OVER';
  readonly retryable = false;

  constructor() {
    super('A statement came after its transaction had been committed, and was not run');
  }
}

/** Something that the write called has ended its transaction: what came before may be committed, what came later is not. */
export class WriteNotAtomicError extends TidemarkError {
  readonly code = 'WRITE_NOT_ATOMIC';
  readonly retryable = false;

  constructor(cause: unknown) {
    super('Something that this write called has ended its transaction; what it wrote before that may be there', {
      ...(cause !== null && { cause }),
    });
  }
}

/** Servers commit before such a statement, or with it. */
export class StatementEndsTransactionError extends TidemarkError {
  readonly code = 'STATEMENT_ENDS_TRANSACTION';
  readonly retryable = false;

  constructor() {
    super('A statement that would end the transaction was refused; nothing of it was run');
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

/** Something other than a read was asked of a client that only reads. Nothing was sent, or the server refused it. */
export class NotAReadError extends TidemarkError {
  readonly code = 'NOT_A_READ';
  readonly retryable = false;

  constructor(model: string | undefined, operation: string, cause?: unknown) {
    const name = model === undefined ? operation : `${model}.${operation}`;
    super(`${name} does not read, or is part of a transaction: run it inside write`, {
      facts: { operation: name },
      ...(cause !== undefined && { cause }),
    });
  }
}
