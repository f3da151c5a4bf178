import { TidemarkError } from '../errors.ts';

/** A node that is lost is looked at several times a second: who asks again sooner than this finds what it found before. */
export const retryAfterMs = 1000;

/** Writes have nowhere to go now; nothing was written. */
export class SourceUnavailableError extends TidemarkError {
  readonly code = 'SOURCE_UNAVAILABLE';
  readonly retryable = true;
}

/** No server can answer this read now. */
export class LimitedFunctionalityError extends TidemarkError {
  readonly code = 'LIMITED_FUNCTIONALITY';
  readonly retryable = true;
}

/** No replica was fresh enough, and as many reads as are allowed already run on the source. */
export class SourceReadsExhaustedError extends TidemarkError {
  readonly code = 'SOURCE_READS_EXHAUSTED';
  readonly retryable = true;

  constructor(limit: number) {
    super('No replica is fresh enough, and the source serves as many reads as it may', {
      facts: { limit, retryAfterMs },
    });
  }
}

/** Nobody waits for the answer any more: the client has gone, or its time is over. */
export class RequestAbandonedError extends TidemarkError {
  readonly code = 'REQUEST_ABANDONED';
  readonly retryable = true;

  constructor() {
    super('The request ended before a server was chosen for it');
  }
}
