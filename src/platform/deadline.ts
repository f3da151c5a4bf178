import type { Clock } from './clock.ts';

/** No answer in time. Whether the request was carried out is unknown. */
export class OverdueError extends Error {
  constructor(ms: number) {
    super(`did not answer within ${ms} ms`);
    this.name = 'OverdueError';
  }
}

/**
 * Settles as `answer` does, or rejects with `OverdueError` after `ms`. An answer that is in the socket when the time runs out still
 * counts: a process that was stopped itself must not blame the server.
 */
export function within<T>(answer: Promise<T>, ms: number, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => setImmediate(() => reject(new OverdueError(ms))));
    answer.then(resolve, reject).finally(cancel);
  });
}
