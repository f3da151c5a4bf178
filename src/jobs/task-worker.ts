/**
 * The worker side of one queue.
 *
 *   waiting --taken--> active --done--> gone
 *                      active --failed, retryable--> delayed --its delay is over--> waiting
 *                      active --failed permanently, or too often--> dead letter
 *                      active --its outcome could not be recorded--> delayed
 *                      active --this worker stops and cannot finish in time--> waiting
 *                      active --this worker died, its lock expired--> waiting
 *
 * So a task may be done twice, and must be idempotent.
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
  /** Rate limit of all workers together, in tasks per second. */
  readonly ratePerS: number;
  readonly retry: RetryPolicy;
  /** A worker that has not renewed its lock for this long is considered dead. */
  readonly lockMs: number;
  /** Ends at once on the signal. */
  readonly work: (task: Task, signal: AbortSignal) => Promise<void>;
  /** Records that the task is given up on. Followers of the job wait for that, so it is retried until it succeeds. */
  readonly onDead: (task: Task) => Promise<void>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
};

/** How often a task may survive the death of its worker. */
const maxStalledCount = 5;
/** How often a task may be started without counting as an attempt: returned because Redis refused, or its worker stopped. */
const maxUnspentStarts = 100;
const afterAbortMs = 5000;
const disconnectMs = 1000;
/** Delay before a task whose outcome could not be recorded is repeated. */
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

  /** Also works while Redis does not answer. `prefix` begins every key. */
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
        // BullMQ requires this for a worker's connection: commands wait for Redis for any time.
        maxRetriesPerRequest: null,
        connectTimeout: 2000,
        // Commands that wait for Redis end with the worker.
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
    worker.on('error', (error) => log.debug({ err: error, queue: kind }, 'worker lost its connection to Redis'));
    // Given up on without another attempt: its workers died too often.
    worker.on('failed', (job, error) => {
      if (job?.finishedOn !== undefined && readFailure(error.message).code === unexplained) {
        void this.#noteDead(job.data);
      }
    });
    this.#worker = worker;
  }

  /**
   * Takes no new tasks; running ones may finish within `graceMs`, or return to the queue. `null`: Redis is gone, so outcomes cannot be
   * recorded and waiting is pointless.
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
      log.warn({ queue: kind, why }, 'worker abandoned; its running tasks return to the queue when their locks expire');
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
      // The loss of Redis says nothing about the task, and is not an attempt.
      if (error instanceof CacheUnavailableError) await this.#putBack(job, error);
      const failure = failureOf(error);
      const last = job.attemptsMade + 1 >= (job.opts.attempts ?? retry.attempts);
      if (failure.retryable && !last) throw new Error(failure.text);
      await onDead(job.data).catch((cause) => this.#putBack(job, cause));
      log.warn({ err: error, ...job.data, token: undefined }, 'giving up on a task');
      throw new UnrecoverableError(failure.text);
    }
  }

  /** Waits for Redis for as long as it takes. */
  async #putBack(job: Job<Task>, error: unknown): Promise<never> {
    const { clock, log } = this.#options;
    log.warn({ err: error }, 'could not record the outcome of a task; it will be repeated');
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
        log.warn({ err: error }, 'could not record yet that a task was given up on');
      }
      if (this.#ending) return;
      const pauseMs = backoffMs(attempt, noteAgain, random);
      await clock.sleep(pauseMs, { signal, unref: true }).catch(() => undefined);
    }
  }
}

/** A per-second rate would allow a burst at the start of each second, which readers would notice. */
export function evenly(ratePerS: number): { readonly max: number; readonly duration: number } {
  const max = Math.ceil(ratePerS / 50);
  return { max, duration: Math.round((1000 * max) / ratePerS) };
}

/** An unexpected error may be gone by the next attempt. */
function failureOf(error: unknown): { readonly text: string; readonly retryable: boolean } {
  if (error instanceof TidemarkError) {
    return { text: writeFailure(error.code, error.message), retryable: error.retryable };
  }
  return { text: writeFailure('INTERNAL_ERROR', 'internal error, see the log of the worker'), retryable: true };
}
