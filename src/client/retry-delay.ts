/** Exponential backoff: delays double from `firstMs`, minus a random part of up to half. */
export type RetryOptions = {
  /** Number of retries. Default: 3; 0 disables them. */
  readonly retries?: number;
  readonly firstMs?: number;
  /** If the server asks for a longer delay, the caller gets the answer instead. */
  readonly maxMs?: number;
  readonly random?: () => number;
  readonly sleep?: (ms: number, signal?: AbortSignal | null) => Promise<void>;
};

export type Advice = { readonly retryable: boolean; readonly retryAfterMs: number };

/** Delay before retry number `retry` (0 is the first); `null` if there is to be none. */
export function retryDelayMs(
  retry: number,
  { retryable, retryAfterMs }: Advice,
  { retries = 3, firstMs = 100, maxMs = 5000, random = Math.random }: RetryOptions = {},
): number | null {
  if (!retryable || retry >= retries || retryAfterMs > maxMs) return null;
  const grown = Math.min(maxMs, firstMs * 2 ** retry) * (0.5 + random() / 2);
  // Clients that were told the same delay must not come back in the same moment.
  return Math.min(maxMs, retryAfterMs + grown);
}

/** Resolves after the delay, or at once when the signal is aborted. */
export function pause(ms: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal?.aborted) end();
    else signal?.addEventListener('abort', end);
  });
}
