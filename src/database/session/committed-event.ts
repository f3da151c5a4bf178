/**
 * The event that a write of this process was committed. Emitted once for each write of a session, after the session has
 * taken over its position and before the caller gets its answer. Not emitted: writes that changed nothing or were rolled back,
 * annotations (`annotate`), work outside sessions (`onSource`), and writes of other processes.
 */
import { TooManyListenersError } from '../../cluster/cluster-events.ts';
import type { Position } from '../../consistency/position.ts';
import type { Logger } from '../../platform/log.ts';

export type Commit = {
  readonly database: string;
  /** UNKNOWN: its COMMIT was sent, and its outcome is unknown. */
  readonly outcome: 'COMMITTED' | 'UNKNOWN';
  /** Includes the write. `null` if `onlyOnSource` or of unknown outcome, and where positions are not learned. */
  readonly position: Position | null;
  /** No position covers it: the source has it, and it is unknown which other servers do. */
  readonly onlyOnSource: boolean;
  /** Of the session that wrote. The present one may be another. */
  readonly epoch: number;
  readonly issuedAtMs: number;
  /** Rows that it has added to the outbox; `null` if the outcome is unknown. */
  readonly appended: number | null;
  /** Whether the written data is expected to be read at once. */
  readonly readsFollow: boolean;
  /** What was changed, as described by the writer; `null` if not described, or if the outcome is unknown. */
  readonly change: unknown;
};

/** Runs before the write is answered: it should return at once. What it rejects with is logged, as what it throws is. */
export type CommitListener = (commit: Commit) => unknown;

/** The subscribers' view of it. */
export type Commits = Pick<CommittedEvent, 'subscribe'>;

/** Each is a part of a process, not a request. */
const maxListeners = 100;

export class CommittedEvent {
  readonly #database: string;
  readonly #log: Pick<Logger, 'error'>;
  #listeners: readonly CommitListener[] = [];

  constructor(database: string, log: Pick<Logger, 'error'>) {
    this.#database = database;
    this.#log = log;
  }

  /**
   * From the next commit on, in the order of subscription. The returned function unsubscribes. Throws `TooManyListenersError`.
   */
  subscribe(listener: CommitListener): () => void {
    if (this.#listeners.length >= maxListeners) throw new TooManyListenersError(maxListeners, 'commits');
    // The same function may be subscribed twice, each with its own unsubscribe.
    const own: CommitListener = (commit) => listener(commit);
    this.#listeners = [...this.#listeners, own];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== own);
    };
  }

  /** Never throws: a listener that fails is logged and stays, and the others are still called. */
  tell(told: Omit<Commit, 'database'>): void {
    const commit: Commit = Object.freeze({ database: this.#database, ...told });
    for (const listener of this.#listeners) {
      // One that was unsubscribed by another meanwhile is not called any more.
      if (this.#listeners.includes(listener)) this.#tell(listener, commit);
    }
  }

  #tell(listener: CommitListener, commit: Commit): void {
    try {
      const hearing = listener(commit);
      if (hearing instanceof Promise) hearing.catch((error: unknown) => this.#failed(error));
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#log.error(
      { event: 'COMMIT_LISTENER_FAILED', database: this.#database, err: error },
      'commit listener failed',
    );
  }
}
