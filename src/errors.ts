/** Facts that an error carries: small, and safe to show to the caller. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/**
 * Base class of all errors that Tidemark throws deliberately.
 * `code` is stable and public; `retryable` says whether the same call may succeed later; `facts` are shown to the caller.
 */
export abstract class TidemarkError extends Error {
  abstract readonly code: string;
  abstract readonly retryable: boolean;
  readonly facts: ErrorFacts;

  constructor(message: string, options: { facts?: ErrorFacts; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.facts = options.facts ?? {};
  }
}
