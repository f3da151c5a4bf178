/**
 * The client side of a BullMQ queue. Each call has a deadline and fails with one kind of error. A task for an order that already has
 * a waiting or running task is skipped, using BullMQ's "deduplication". Jobs and clients take turns, see turns.ts.
 */
import { type Job, Queue } from 'bullmq';
import type { Clock } from '../platform/clock.ts';
import { within } from '../platform/deadline.ts';
import type { Logger } from '../platform/log.ts';
import { leadsAway } from '../platform/redis-fault.ts';
import { driverOptions } from '../platform/redis-target.ts';
import { JobsUnavailableError } from './errors.ts';
import type { JobKind } from './job-record.ts';
import { type QueueSettings, queueNames, type RetryPolicy, readFailure, type Task } from './task.ts';
import { turnOfTask } from './turns.ts';

export type TaskCounts = {
  readonly waiting: number;
  readonly active: number;
  /** Waiting for a retry, or for their scheduled time. */
  readonly delayed: number;
  readonly dead: number;
  /** Number of worker processes of this queue. */
  readonly workers: number;
};

export type DeadLetter = {
  readonly id: string;
  readonly task: Task;
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
  readonly atMs: number;
};

export type TaskQueueOptions = QueueSettings & {
  readonly kind: JobKind;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  readonly log: Logger;
};

const patienceMs = 2000;
const disconnectMs = 1000;
/** Shared by all tasks of a job. */
const addPatienceMs = 10_000;
/** Batch size for adding and removing tasks. Each task blocks this process and Redis for a tenth of a millisecond. */
const chunk = 20;
const keptDeadLetters = 10_000;
/** Batch size for searching ids. */
const pageSize = 1000;
const scheduleId = 'schedule';

export class TaskQueue {
  readonly #options: TaskQueueOptions;
  #queue: Queue<Task> | null = null;
  #return: Promise<void> | null = null;

  constructor(options: TaskQueueOptions) {
    this.#options = options;
  }

  /** Opens connections; `prefix` begins every key. Calls made before Redis answers wait until their deadline. */
  start(prefix: string): void {
    const { kind, target, retry, log } = this.#options;
    this.#return = null;
    this.#queue = new Queue<Task>(queueNames[kind], {
      prefix: `${prefix}queues`,
      connection: {
        ...driverOptions(target),
        reconnectOnError: leadsAway,
        // A command must not be sent after its caller's deadline.
        enableOfflineQueue: false,
        autoResendUnfulfilledCommands: false,
        maxRetriesPerRequest: 0,
        connectTimeout: 500,
        retryStrategy: (attempt) => (this.#queue === null ? null : reconnectMs(attempt)),
      },
      defaultJobOptions: {
        attempts: retry.attempts,
        backoff: { type: 'custom' },
        removeOnComplete: true,
        removeOnFail: { count: keptDeadLetters },
        stackTraceLimit: 0,
      },
    });
    this.#queue.on('error', (error) => log.debug({ err: error, queue: kind }, 'queue lost its connection to Redis'));
  }

  async stop(): Promise<void> {
    const { clock } = this.#options;
    const queue = this.#queue;
    // Stops reconnecting, and fails calls that wait for a connection.
    this.#queue = null;
    if (queue === null) return;
    const given = await within(queue.close(), patienceMs, clock).catch(() => 'up');
    if (given === 'up') await within(queue.disconnect(), disconnectMs, clock).catch(() => undefined);
  }

  /**
   * Returns how many were queued, and which jobs have the others in the queue already. `besides` is the number of other jobs of the same
   * client.
   */
  async add(tasks: readonly Task[], besides: number): Promise<{ added: number; holders: ReadonlySet<string> }> {
    let added = 0;
    const holders = new Set<string>();
    const { clock } = this.#options;
    const givenUpMs = clock.monotonic() + addPatienceMs;
    const underWay = await this.#ask(readTurn);
    for (let start = 0; start < tasks.length; start += chunk) {
      if (clock.monotonic() >= givenUpMs) throw new JobsUnavailableError('Redis is too slow');
      const entries = tasks
        .slice(start, start + chunk)
        .map((task, index) => this.#entry(task, '', turnOfTask(start + index, { underWay, besides })));
      const jobs = await this.#ask((queue) => queue.addBulk(entries));
      for (const [index, { id = '' }] of jobs.entries()) {
        if (id === entries[index]?.opts.jobId) added += 1;
        else holders.add(jobOf(id));
      }
    }
    return { added, holders };
  }

  async counts(): Promise<TaskCounts> {
    return this.#ask(async (queue) => {
      const [counts, workers] = await Promise.all([
        queue.getJobCounts('wait', 'prioritized', 'active', 'delayed', 'failed'),
        queue.getWorkersCount(),
      ]);
      const { wait = 0, prioritized = 0, active = 0, delayed = 0, failed = 0 } = counts;
      return { waiting: wait + prioritized, active, delayed, dead: failed, workers };
    });
  }

  /** Newest first. */
  async deadLetters(count: number): Promise<readonly DeadLetter[]> {
    const jobs = await this.#ask((queue) => queue.getFailed(0, count - 1));
    return jobs.map(deadLetterOf);
  }

  /** Requeues a dead letter. False if there is none with this id, or its order is queued already. */
  async replay(id: string): Promise<boolean> {
    return this.#ask(async (queue) => {
      const dead = await queue.getJob(id);
      if (dead === undefined || !(await dead.isFailed())) return false;
      const entry = this.#entry(
        { ...dead.data, replayed: true },
        `-${dead.timestamp.toString(36)}`,
        await readTurn(queue),
      );
      const added = await queue.add(entry.name, entry.data, entry.opts);
      if (added.id !== entry.opts.jobId) return false;
      await dead.remove();
      return true;
    });
  }

  async discard(id: string): Promise<boolean> {
    return this.#ask(async (queue) => {
      const dead = await queue.getJob(id);
      if (dead === undefined || !(await dead.isFailed())) return false;
      await dead.remove();
      return true;
    });
  }

  /** Removes the waiting tasks of a job, now or in the background. Running ones are left alone. */
  async drop(job: string): Promise<void> {
    const ids = await this.#ask((queue) => readWaiting(queue, job));
    for (let start = 0; start < ids.length; start += chunk) {
      await this.#ask((queue) => Promise.all(ids.slice(start, start + chunk).map((id) => queue.remove(id))));
    }
  }

  /** A recurring task, however many processes request it; `off` removes it. */
  async schedule(everyMs: number | 'off'): Promise<void> {
    const { kind } = this.#options;
    await this.#ask(async (queue) => {
      if (everyMs === 'off') await queue.removeJobScheduler(scheduleId);
      else {
        const data: Task = { kind, job: null, order: null, token: null };
        await queue.upsertJobScheduler(scheduleId, { every: everyMs }, { name: kind, data });
      }
    });
  }

  /** Restores the schedule if a part of it is gone, because then no run would follow. */
  async mendSchedule(everyMs: number): Promise<void> {
    const next = await this.#ask(async (queue) => (await queue.getJobScheduler(scheduleId))?.next ?? null);
    const run = `repeat:${scheduleId}:${next}`;
    const state = next === null ? 'unknown' : await this.#ask((queue) => queue.getJobState(run));
    if (state !== 'unknown' && state !== 'completed' && state !== 'failed') return;
    await this.#ask((queue) => queue.removeJobScheduler(scheduleId));
    // Its remains would prevent the next one from being scheduled.
    if (next !== null) await this.#ask((queue) => queue.remove(run).catch(() => 0));
    await this.schedule(everyMs);
  }

  /** The job of an unfinished task for the same order; `null` if there is none. */
  async jobAbout(about: string): Promise<string | null> {
    const id = await this.#ask((queue) => queue.getDeduplicationJobId(about));
    return id == null ? null : jobOf(id);
  }

  #entry(task: Task, suffix: string, turn: number) {
    const about = task.order ?? (task.fromBeginning === true ? 'beginning' : 'all');
    const jobId = `${task.job ?? 'schedule'}-${about}${suffix}`;
    return {
      name: task.kind,
      data: task,
      opts: { jobId, deduplication: { id: about }, priority: turn + 1 },
    };
  }

  async #ask<T>(question: (queue: Queue<Task>) => Promise<T>): Promise<T> {
    const queue = this.#queue;
    if (queue === null) throw new JobsUnavailableError('the queues are not open');
    const { clock } = this.#options;
    const givenUpMs = clock.monotonic() + patienceMs;
    const asking = async () => {
      await this.#connected(queue);
      if (clock.monotonic() >= givenUpMs) throw new Error('the caller has timed out');
      return question(queue);
    };
    try {
      return await within(asking(), patienceMs, clock);
    } catch (cause) {
      throw new JobsUnavailableError('Redis does not answer', { cause });
    }
  }

  /** Other connections may notice Redis's return earlier than this one. */
  async #connected(queue: Queue<Task>): Promise<void> {
    const client = await queue.getBackend().client;
    if (client.status === 'ready') return;
    this.#return ??= new Promise((resolve) => {
      client.once('ready', () => {
        this.#return = null;
        resolve();
      });
    });
    await this.#return;
  }
}

/** The n-th reconnect delay. */
export function reconnectMs(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt, 5), 1000);
}

/** The job of a task, from the task's id. */
function jobOf(task: string): string {
  return task.split('-')[0] ?? '';
}

function deadLetterOf(job: Job<Task>): DeadLetter {
  return {
    id: job.id ?? '',
    task: job.data,
    ...readFailure(job.failedReason ?? ''),
    attempts: job.attemptsMade,
    atMs: job.finishedOn ?? job.timestamp,
  };
}

/** The ids of a job's tasks that no worker is processing. */
async function readWaiting(queue: Queue<Task>, job: string): Promise<readonly string[]> {
  const client = await queue.getBackend().client;
  const ids = new Set<string>();
  for (let start = 0; ; start += pageSize) {
    const page = await client.lrange(queue.toKey('wait'), start, start + pageSize - 1);
    for (const id of page) if (id.startsWith(`${job}-`)) ids.add(id);
    if (page.length < pageSize) break;
  }
  for (const state of ['prioritized', 'delayed']) {
    for (let start = 0; ; start += pageSize) {
      const page = await client.zrange(queue.toKey(state), start, start + pageSize - 1);
      for (const id of page) if (id.startsWith(`${job}-`)) ids.add(id);
      if (page.length < pageSize) break;
    }
  }
  return [...ids];
}

/** The turn of the next task to be taken. */
async function readTurn(queue: Queue<Task>): Promise<number> {
  const client = await queue.getBackend().client;
  const [, score] = await client.zrange(queue.toKey('prioritized'), 0, 0, { WITHSCORES: true });
  return score === undefined ? 0 : Math.max(0, Math.floor(Number(score) / 2 ** 32) - 1);
}
