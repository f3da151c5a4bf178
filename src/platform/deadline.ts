import type { Clock } from './clock.ts';

/** Nobody answered in time. Whether what was asked for happened is not known. */
export class OverdueError extends Error {
  constructor(ms: number) {
    super(`did not answer within ${ms} ms`);
    this.name = 'OverdueError';
  }
}

/**
 * Settles as `answer` does, or rejects with `OverdueError` after `ms`. An answer that lay in the socket when the time ran
 * out still counts: a process that was away itself does not blame the one it asked.
 */
export function within<T>(answer: Promise<T>, ms: number, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => setImmediate(() => reject(new OverdueError(ms))));
    answer.then(resolve, reject).finally(cancel);
  });
}
