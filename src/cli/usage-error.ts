import { TidemarkError } from '../errors.ts';

/** The command line makes no sense. */
export class UsageError extends TidemarkError {
  readonly code = 'USAGE';
  readonly retryable = false;
}
