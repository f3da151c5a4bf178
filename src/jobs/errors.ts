import { TidemarkError } from '../errors.ts';

/** Jobs are kept in Redis, and Redis does not answer, or none is configured. Nothing that is true is lost by it. */
export class JobsUnavailableError extends TidemarkError {
  readonly code = 'JOBS_UNAVAILABLE';
  readonly retryable: boolean;

  /** `trouble` continues a sentence that begins with "Jobs cannot be reached:". */
  constructor(trouble: string, options: { readonly retryable?: boolean; readonly cause?: unknown } = {}) {
    const { retryable = true, cause } = options;
    super(`Jobs cannot be reached: ${trouble}`, { facts: retryable ? { retryAfterMs: 1000 } : {}, cause });
    this.retryable = retryable;
  }
}

/** As much waits as may: in all, or of the client that asks. */
export class TooManyJobsError extends TidemarkError {
  readonly code = 'TOO_MANY_JOBS';
  readonly retryable = true;

  /** `what` waits, in words. */
  constructor(what: string, waiting: number, most: number) {
    const retryAfterMs = 60_000;
    super(`${waiting} ${what}, and at most ${most} may: try again later, or ask for fewer`, {
      facts: { waiting, most, retryAfterMs },
    });
  }
}

/** There is no such job; old ones are forgotten. */
export class JobNotFoundError extends TidemarkError {
  readonly code = 'JOB_NOT_FOUND';
  readonly retryable = false;

  constructor() {
    super('There is no job with this id; jobs are forgotten after a day');
  }
}

/** The payment provider does not answer, or says that it cannot now. */
export class PaymentsUnavailableError extends TidemarkError {
  readonly code = 'PAYMENTS_UNAVAILABLE';
  readonly retryable = true;

  constructor(trouble: string, cause?: unknown) {
    super(`The payment provider ${trouble}`, { cause });
  }
}

/** The payment provider answered something that cannot be understood, or that contradicts the order. */
export class PaymentsAnswerError extends TidemarkError {
  readonly code = 'PAYMENTS_BAD_ANSWER';
  readonly retryable = true;

  constructor(fault: string, cause?: unknown) {
    super(`The payment provider answered what cannot be right: ${fault}`, { cause });
  }
}

/** The payment provider refuses the question: asking again would not help. */
export class PaymentsRefusedError extends TidemarkError {
  readonly code = 'PAYMENTS_REFUSED';
  readonly retryable = false;

  constructor(status: number) {
    super(`The payment provider refuses the question with status ${status}`, { facts: { status } });
  }
}

/** The order was changed by others each time that the answer of the provider was to be written. */
export class RecheckContendedError extends TidemarkError {
  readonly code = 'RECHECK_CONTENDED';
  readonly retryable = true;

  constructor() {
    super('The order was changed by others each time that it was to be updated');
  }
}
