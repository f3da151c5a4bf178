/**
 * Works on the tasks of one queue, from the side of those who do them.
 *
 *   waiting --taken--> in hand --done--> gone
 *                      in hand --failed, may succeed later--> delayed --its pause is over--> waiting
 *                      in hand --failed for good, or too often--> dead letter
 *                      in hand --what became of it could not be noted--> delayed
 *                      in hand --this worker stops and cannot finish in time--> waiting
 *                      in hand --this worker died, its lock ran out--> waiting
 *
 * So a task may be done twice, and must be written so that the second time changes nothing.
 */
import { DelayedError, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import { TidemarkError } from '../errors.ts';
import { type BackoffOptions, backoffMs } from '../platform/backoff.ts';
import { CacheUnavailableError } from '../platform/cache-error.ts';
import type { Clock } from '../platform/clock.ts';
import { within } from '../platform/deadline.ts';
import type { Logger } from '../platform/log.ts';
import { leadsAway } from '../platform/redis-fault.ts';
import { driverOptions } from '../platform/redis-target.ts';
import type { JobKind } from './job-record.ts';
import {
  type QueueSettings,
  queueNames,
  type RetryPolicy,
  readFailure,
  type Task,
  unexplained,
  writeFailure,
} from './task.ts';
import { reconnectMs } from './task-queue.ts';

export type TaskWorkerOptions = QueueSettings & {
  readonly kind: JobKind;
  readonly concurrency: number;
  /** Tasks that all workers together begin in a second. */
  readonly ratePerS: number;
  readonly retry: RetryPolicy;
  /** How long a task is left alone that its worker says nothing about: then the worker is taken for dead. */
  readonly lockMs: number;
  /** Ends at once when the signal says so. */
  readonly work: (task: Task, signal: AbortSignal) => Promise<void>;
  /** Notes that the task is given up. Whoever follows the job waits for that, so it is tried until it succeeds. */
  readonly onDead: (task: Task) => Promise<void>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
};

/** How often a task may outlive a worker that died of it or beside it. */
const maxStalledCount = 5;
/** How often a task may be begun without that being an attempt: put back because Redis refused, or its worker stopped. */
const maxUnspentStarts = 100;
const afterAbortMs = 5000;
const disconnectMs = 1000;
/** Before a task is done once more of which could not be noted what became of it. */
const unnotedMs = 1000;
const noteAgain: BackoffOptions = { firstMs: 100, factor: 2, maxMs: 5000 };

export class TaskWorker {
  readonly #options: TaskWorkerOptions;
  #stopping = new AbortController();
  #worker: Worker<Task> | null = null;
  #ending = false;

  constructor(options: TaskWorkerOptions) {
    this.#options = options;
  }

  /** Goes on also when Redis does not answer yet. `prefix` begins every key. */
  start(prefix: string): void {
    this.#stopping = new AbortController();
    this.#ending = false;
    const { kind, target, concurrency, ratePerS, lockMs, retry, random, log } = this.#options;
    const pauses: BackoffOptions = { firstMs: retry.firstPauseMs, factor: 2, maxMs: retry.maxPauseMs };
    const worker = new Worker<Task>(queueNames[kind], (job) => this.#do(job), {
      prefix: `${prefix}queues`,
      connection: {
        ...driverOptions(target),
        reconnectOnError: leadsAway,
        // What BullMQ asks of a worker's connection: a command waits for Redis for as long as it takes.
        maxRetriesPerRequest: null,
        connectTimeout: 2000,
        // A command that waits for Redis ends with the worker.
        retryStrategy: (attempt) => (this.#ending ? null : reconnectMs(attempt)),
      },
      concurrency,
      limiter: evenly(ratePerS),
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount,
      maxStartedAttempts: retry.attempts + maxUnspentStarts,
      drainDelay: 2,
      runRetryDelay: 500,
      settings: { backoffStrategy: (attemptsMade) => Math.round(backoffMs(attemptsMade - 1, pauses, random)) },
    });
    worker.on('error', (error) => log.debug({ err: error, queue: kind }, 'a worker lost Redis'));
    // Given up without being tried once more: its workers died too often.
    worker.on('failed', (job, error) => {
      if (job?.finishedOn !== undefined && readFailure(error.message).code === unexplained) {
        void this.#noteDead(job.data);
      }
    });
    this.#worker = worker;
  }

  /**
   * Takes nothing more; what is in hand may finish within `graceMs`, or goes back to the queue. `null`: Redis is gone, so that
   * nothing could be noted or given back, and nobody waits for it.
   */
  async stop(graceMs: number | null): Promise<void> {
    const worker = this.#worker;
    if (worker === null) return;
    const { clock, log, kind } = this.#options;
    this.#ending = true;
    const closing = worker.close();
    await within(closing, graceMs ?? 0, clock).catch(() => this.#stopping.abort(new Error('the worker stops')));
    await within(closing, graceMs === null ? 0 : afterAbortMs, clock).catch(async () => {
      const why = graceMs === null ? 'Redis is gone' : 'it did not stop in time';
      log.warn({ queue: kind, why }, 'a worker is left; tasks that it had in hand go back when their locks run out');
      await within(worker.disconnect(), disconnectMs, clock).catch(() => undefined);
    });
  }

  async #do(job: Job<Task>): Promise<void> {
    const { work, onDead, retry, log } = this.#options;
    try {
      await work(job.data, this.#stopping.signal);
    } catch (error) {
      if (this.#stopping.signal.aborted) {
        await job.moveToWait(job.token ?? '');
        throw new WaitingError();
      }
      // That Redis is gone says nothing about the task, and is no attempt of it.
      if (error instanceof CacheUnavailableError) await this.#putBack(job, error);
      const failure = failureOf(error);
      const last = job.attemptsMade + 1 >= (job.opts.attempts ?? retry.attempts);
      if (failure.retryable && !last) throw new Error(failure.text);
      await onDead(job.data).catch((cause) => this.#putBack(job, cause));
      log.warn({ err: error, ...job.data, token: undefined }, 'a task is given up');
      throw new UnrecoverableError(failure.text);
    }
  }

  /** Waits for Redis as long as it takes. */
  async #putBack(job: Job<Task>, error: unknown): Promise<never> {
    const { clock, log } = this.#options;
    log.warn({ err: error }, 'what became of a task could not be noted; it is done once more');
    await job.moveToDelayed(clock.now() + unnotedMs, job.token);
    throw new DelayedError();
  }

  async #noteDead(task: Task): Promise<void> {
    const { onDead, clock, random, log } = this.#options;
    const { signal } = this.#stopping;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await onDead(task);
      } catch (error) {
        log.warn({ err: error }, 'that a task is given up could not be noted yet');
      }
      if (this.#ending) return;
      const pauseMs = backoffMs(attempt, noteAgain, random);
      await clock.sleep(pauseMs, { signal, unref: true }).catch(() => undefined);
    }
  }
}

/** A rate by the second would be a burst at the beginning of each, which readers feel. */
export function evenly(ratePerS: number): { readonly max: number; readonly duration: number } {
  const max = Math.ceil(ratePerS / 50);
  return { max, duration: Math.round((1000 * max) / ratePerS) };
}

/** An error that nobody thought of may be gone by the next attempt. */
function failureOf(error: unknown): { readonly text: string; readonly retryable: boolean } {
  if (error instanceof TidemarkError) {
    return { text: writeFailure(error.code, error.message), retryable: error.retryable };
  }
  return { text: writeFailure('INTERNAL_ERROR', 'something broke; the log of the worker says what'), retryable: true };
}
