import type { Sends } from './connection.ts';

/** Locks by name that sessions of one database hold against each other. One ends with its session. */
export interface NamedLocks {
  /** Returns what `work` returns; `null`, without running it, if another session holds the lock or the server can give none (a standby). */
  alone<T>(connection: Pick<Sends, 'query'>, name: string, work: () => Promise<T>): Promise<T | null>;
}
