/**
 * The deadline of a COMMIT. No server ends a COMMIT by its statement timeout, and none should be made to: a commit that waits
 * for its acknowledgement would continue without it. So only the wait ends here; the connection stays open for the answer.
 */
import type { Clock } from '../../platform/clock.ts';
import { CommitOverdueError } from '../../servers/driver-fault.ts';

/** An answer that arrived while this process was not running is read before the wait is given up. */
const lastAskMs = 50;

export class CommitDeadline {
  readonly #clock: Clock;
  readonly #patienceMs: () => number;
  #isOver = false;
  #answered: Promise<void> = Promise.resolve();

  constructor(clock: Clock, patienceMs: () => number) {
    this.#clock = clock;
    this.#patienceMs = patienceMs;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves when the server has answered after all, or the connection was lost. */
  get answered(): Promise<void> {
    return this.#answered;
  }

  /** Rejects with `CommitOverdueError`. */
  within<T>(commit: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let cancel = this.#clock.after(this.#patienceMs(), () => {
        cancel = this.#clock.after(lastAskMs, () => {
          this.#isOver = true;
          reject(new CommitOverdueError());
        });
      });
      this.#answered = commit.then(
        (answer) => {
          cancel();
          resolve(answer);
        },
        (error) => {
          cancel();
          reject(error);
        },
      );
    });
  }
}
