/**
 * Aborted with the first of the given ones. `AbortSignal.any` takes signals of Node's own only, from Node 24 on, and that of a request
 * is one of the HTTP library's. For signals that live no longer than the result: each keeps it.
 */
export function anySignal(signals: readonly AbortSignal[]): AbortSignal {
  const first = new AbortController();
  for (const signal of signals) {
    const abort = (): void => first.abort(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true, signal: first.signal });
  }
  return first.signal;
}
