import { TidemarkError } from '../../errors.ts';

/** A step failed. Completed steps stand; the same command continues from there. */
export class FailoverStepError extends TidemarkError {
  readonly code = 'FAILOVER_STEP_FAILED';
  readonly retryable = true;

  constructor(step: string, reason: string, cause?: unknown) {
    super(`${step}: ${reason}`, { facts: { step, reason }, cause });
  }
}
