import { TidemarkError } from '../errors.ts';

/** Jobs are kept in Redis, and Redis does not answer or is not configured. Correctness does not depend on it. */
export class JobsUnavailableError extends TidemarkError {
  readonly code = 'JOBS_UNAVAILABLE';
  readonly retryable: boolean;

  /** `trouble` is phrased to follow "Jobs cannot be reached:". */
  constructor(trouble: string, options: { readonly retryable?: boolean; readonly cause?: unknown } = {}) {
    const { retryable = true, cause } = options;
    super(`Jobs cannot be reached: ${trouble}`, { facts: retryable ? { retryAfterMs: 1000 } : {}, cause });
    this.retryable = retryable;
  }
}

/** The limit of queued work is reached: in all, or of the client. */
export class TooManyJobsError extends TidemarkError {
  readonly code = 'TOO_MANY_JOBS';
  readonly retryable = true;

  /** `what` names the queued work. */
  constructor(what: string, waiting: number, most: number) {
    const retryAfterMs = 60_000;
    super(`${waiting} ${what}; the limit is ${most}: try again later, or ask for fewer`, {
      facts: { waiting, most, retryAfterMs },
    });
  }
}

/** There is no such job; old ones are deleted. */
export class JobNotFoundError extends TidemarkError {
  readonly code = 'JOB_NOT_FOUND';
  readonly retryable = false;

  constructor() {
    super('There is no job with this id; jobs are deleted after a day');
  }
}

/** The payment provider does not answer, or says that it is unavailable. */
export class PaymentsUnavailableError extends TidemarkError {
  readonly code = 'PAYMENTS_UNAVAILABLE';
  readonly retryable = true;

  constructor(trouble: string, cause?: unknown) {
    super(`The payment provider ${trouble}`, { cause });
  }
}

/** The payment provider's answer is malformed or contradicts the order. */
export class PaymentsAnswerError extends TidemarkError {
  readonly code = 'PAYMENTS_BAD_ANSWER';
  readonly retryable = true;

  constructor(fault: string, cause?: unknown) {
    super(`Invalid response from the payment provider: ${fault}`, { cause });
  }
}

/** The payment provider rejected the request: a retry would not help. */
export class PaymentsRefusedError extends TidemarkError {
  readonly code = 'PAYMENTS_REFUSED';
  readonly retryable = false;

  constructor(status: number) {
    super(`The payment provider rejected the request with status ${status}`, { facts: { status } });
  }
}

/** Concurrent changes won each time that the provider's answer was to be written. */
export class RecheckContendedError extends TidemarkError {
  readonly code = 'RECHECK_CONTENDED';
  readonly retryable = true;

  constructor() {
    super('The update kept conflicting with concurrent changes');
  }
}
