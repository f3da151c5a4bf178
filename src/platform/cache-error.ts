import { TidemarkError } from '../errors.ts';

/** Redis did not answer in time, or refused. What it stores is unknown; correctness does not depend on it. */
export class CacheUnavailableError extends TidemarkError {
  readonly code = 'CACHE_UNAVAILABLE';
  readonly retryable = true;

  constructor(trouble: string, cause?: unknown) {
    super(`Redis ${trouble}`, { cause });
  }
}
