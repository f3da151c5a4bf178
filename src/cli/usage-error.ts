import { TidemarkError } from '../errors.ts';

/** The command line is invalid. */
export class UsageError extends TidemarkError {
  readonly code = 'USAGE';
  readonly retryable = false;
}
