import { TidemarkError } from '../errors.ts';

/** A lost node is probed several times a second: an earlier retry would find the same state. */
export const retryAfterMs = 1000;

/** No server accepts writes now; nothing was written. */
export class SourceUnavailableError extends TidemarkError {
  readonly code = 'SOURCE_UNAVAILABLE';
  readonly retryable = true;
}

/** No server can answer this read now. */
export class LimitedFunctionalityError extends TidemarkError {
  readonly code = 'LIMITED_FUNCTIONALITY';
  readonly retryable = true;
}

/** No replica was fresh enough, and the limit of reads on the source is reached. */
export class SourceReadsExhaustedError extends TidemarkError {
  readonly code = 'SOURCE_READS_EXHAUSTED';
  readonly retryable = true;

  constructor(limit: number) {
    super('No replica is fresh enough, and the limit of reads on the source is reached', {
      facts: { limit, retryAfterMs },
    });
  }
}

/** The caller no longer waits: the client has disconnected, or its deadline has passed. */
export class RequestAbandonedError extends TidemarkError {
  readonly code = 'REQUEST_ABANDONED';
  readonly retryable = true;

  constructor() {
    super('The request ended before a server was chosen for it');
  }
}
