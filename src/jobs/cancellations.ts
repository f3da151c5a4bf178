/** Aborts the running tasks of this process when their job is cancelled, in whatever process. */
import type { JobRecord } from './job-record.ts';

export class JobCancelledError extends Error {
  constructor() {
    super('The job was cancelled');
  }
}

export type CancellationsOptions = {
  readonly isCancelled: (job: string) => Promise<boolean>;
  readonly listen: (listener: (record: JobRecord) => void) => () => void;
};

export class Cancellations {
  readonly #options: CancellationsOptions;
  readonly #inHand = new Map<string, Set<AbortController>>();

  /** Must be called before Redis is started. */
  constructor(options: CancellationsOptions) {
    this.#options = options;
    options.listen(({ id, cancelledAtMs }) => {
      if (cancelledAtMs === null) return;
      for (const controller of this.#inHand.get(id) ?? []) controller.abort(new JobCancelledError());
    });
  }

  /**
   * False if the job was cancelled before or while `work` ran. `work` is told by its signal. Its other errors are thrown. The message
   * of a cancellation may be lost: then `work` runs to its end, which is harmless.
   */
  async run(job: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    const controller = new AbortController();
    const forget = this.#remember(job, controller);
    try {
      if (await this.#options.isCancelled(job)) return false;
      await work(AbortSignal.any([signal, controller.signal]));
      return true;
    } catch (error) {
      if (controller.signal.aborted && !signal.aborted) return false;
      throw error;
    } finally {
      forget();
    }
  }

  #remember(job: string, controller: AbortController): () => void {
    const controllers = this.#inHand.get(job) ?? new Set();
    controllers.add(controller);
    this.#inHand.set(job, controllers);
    return () => {
      controllers.delete(controller);
      if (controllers.size === 0) this.#inHand.delete(job);
    };
  }
}
