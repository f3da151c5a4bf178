/** How often and how late to try again. Waits grow twofold from `firstMs`, and chance takes away up to half. */
export type RetryOptions = {
  /** After the first try; 3 unless told, 0 for never. */
  readonly retries?: number;
  readonly firstMs?: number;
  /** When the server asks for a longer wait than this, the caller gets the answer instead. */
  readonly longestMs?: number;
  readonly random?: () => number;
  readonly sleep?: (ms: number, signal?: AbortSignal | null) => Promise<void>;
};

export type Advice = { readonly retryable: boolean; readonly retryAfterMs: number };

/** How long to wait before retry number `retry` (0 is the first); `null` when there is to be none. */
export function retryDelayMs(
  retry: number,
  { retryable, retryAfterMs }: Advice,
  { retries = 3, firstMs = 100, longestMs = 5000, random = Math.random }: RetryOptions = {},
): number | null {
  if (!retryable || retry >= retries || retryAfterMs > longestMs) return null;
  const grown = Math.min(longestMs, firstMs * 2 ** retry) * (0.5 + random() / 2);
  // Whoever was told the same moment must not come back in the same moment.
  return Math.min(longestMs, retryAfterMs + grown);
}

/** Resolves after the wait, at once when the signal is aborted. */
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
