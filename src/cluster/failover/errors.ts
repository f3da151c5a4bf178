import { TidemarkError } from '../../errors.ts';

/** A step did not come to its end. What was done before it stands; the same command goes on from there. */
export class FailoverStepError extends TidemarkError {
  readonly code = 'FAILOVER_STEP_FAILED';
  readonly retryable = true;

  constructor(step: string, reason: string, cause?: unknown) {
    super(`${step}: ${reason}`, { facts: { step, reason }, cause });
  }
}
