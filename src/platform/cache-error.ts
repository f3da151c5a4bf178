import { TidemarkError } from '../errors.ts';

/** Redis did not answer in time, or refused. What is kept there is unknown; nothing that is true depends on it. */
export class CacheUnavailableError extends TidemarkError {
  readonly code = 'CACHE_UNAVAILABLE';
  readonly retryable = true;

  constructor(trouble: string, cause?: unknown) {
    super(`Redis ${trouble}`, { cause });
  }
}
