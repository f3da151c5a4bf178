/**
 * Works on the tasks of all queues. Each order is a task and a transaction of its own, so that nothing is locked for longer than one
 * order takes, and failures are retried alone.
 */
import { jittered } from '../platform/backoff.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Redis } from '../platform/redis.ts';
import { Cancellations, JobCancelledError } from './cancellations.ts';
import { countTasks } from './job-metrics.ts';
import type { JobKind, TaskOutcome } from './job-record.ts';
import type { JobRecords } from './job-records.ts';
import type { JobSessions } from './job-sessions.ts';
import type { Payments } from './payments.ts';
import { recheckOrder } from './recheck-order.ts';
import { type Pulled, type RefreshPlace, refreshNewOrders } from './refresh-new-orders.ts';
import type { QueueSettings, RetryPolicy, Task } from './task.ts';
import { TaskQueue } from './task-queue.ts';
import { TaskWorker } from './task-worker.ts';

export type JobWorkersOptions = QueueSettings & {
  readonly redis: Redis;
  readonly records: JobRecords;
  readonly sessions: JobSessions;
  readonly payments: Payments;
  readonly concurrency: number;
  readonly ratePerS: number;
  readonly retry: RetryPolicy;
  readonly lockMs: number;
  /** Interval of the search for new orders. */
  readonly refreshEveryMs: number | 'off';
  /** How long running tasks may take when the workers stop. */
  readonly graceMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly log: Logger;
  readonly metrics: Metrics;
};

/** Number of jobs for which this process remembers its own writes. */
const rememberedJobs = 100;

export class JobWorkers {
  readonly #options: JobWorkersOptions;
  readonly #workers: readonly TaskWorker[];
  readonly #schedule: TaskQueue;
  readonly #name: string;
  readonly #count: (kind: JobKind, outcome: TaskOutcome) => void;
  #stopping = new AbortController();
  #unsubscribe: (() => void)[] = [];
  readonly #cancellations: Cancellations;
  readonly #tokens = new Map<string, string>();

  constructor(options: JobWorkersOptions) {
    this.#options = options;
    this.#count = countTasks(options.metrics);
    const { records } = options;
    this.#cancellations = new Cancellations({
      isCancelled: (job) => records.isCancelled(job),
      listen: (listener) => records.listen(listener),
    });
    this.#name = Buffer.from(options.randomBytes(6)).toString('hex');
    this.#schedule = new TaskQueue({ ...options, kind: 'REFRESH_NEW_ORDERS' });
    this.#workers = [
      new TaskWorker({
        ...options,
        kind: 'RECHECK_ORDERS',
        work: (task, signal) => this.#unlessCancelled(task, signal, (told) => this.#recheck(task, told)),
        onDead: (task) => this.#settle(task, task.order ?? '', 'FAILED', null),
      }),
      new TaskWorker({
        ...options,
        kind: 'REFRESH_NEW_ORDERS',
        concurrency: 1,
        work: (task, signal) => this.#unlessCancelled(task, signal, (told) => this.#refresh(task, told)),
        onDead: (task) => this.#refreshDead(task),
      }),
    ];
  }

  /** After Redis was started, whether it answers or not. `prefix` begins every key. */
  start(prefix: string): void {
    this.#stopping = new AbortController();
    this.#schedule.start(prefix);
    for (const worker of this.#workers) worker.start(prefix);
    void this.#keepSchedule();
    // Redis may have come back empty, and may be emptied while it runs.
    const { redis, refreshEveryMs } = this.#options;
    this.#unsubscribe = [
      redis.onChange((trouble) => {
        if (trouble === null) void this.#keepSchedule();
      }),
      redis.onEmptied(() => void this.#keepSchedule()),
    ];
    if (refreshEveryMs !== 'off') void this.#watchSchedule(refreshEveryMs);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    const { redis, graceMs } = this.#options;
    const grace = () => (redis.trouble === null ? graceMs : null);
    await Promise.all([...this.#workers.map((worker) => worker.stop(grace())), this.#schedule.stop()]);
  }

  /** Tasks of a cancelled job are skipped, except replayed ones. */
  async #unlessCancelled(task: Task, signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (task.job === null || task.replayed === true) await work(signal);
    else await this.#cancellations.run(task.job, signal, work);
  }

  async #recheck(task: Task, signal: AbortSignal): Promise<void> {
    const order = task.order ?? '';
    const { outcome, token } = await recheckOrder(this.#options, BigInt(order), task.token, signal);
    await this.#settle(task, order, outcome, token);
  }

  async #refresh(task: Task, signal: AbortSignal): Promise<void> {
    const { records, clock, log } = this.#options;
    const scheduled = task.job === null;
    let job = task.job;
    const pulled = async (orders: readonly Pulled[]) => {
      // Until now a scheduled run had no id that it could be cancelled by.
      if (scheduled && job !== null && (await records.isCancelled(job))) throw new JobCancelledError();
      // A scheduled run that finds nothing is deleted.
      if (job === null && orders.every(({ outcome }) => outcome === 'UNCHANGED')) return;
      if (job === null) {
        job = `s${Buffer.from(this.#options.randomBytes(12)).toString('hex')}`;
        await records.open(job, 'REFRESH_NEW_ORDERS', 0, clock.now());
        await records.begin(job, 0, clock.now(), true);
      }
      for (const { number, outcome, token } of orders) await this.#settle({ ...task, job }, number, outcome, token);
    };
    try {
      await refreshNewOrders(this.#options, this.#place(task.fromBeginning ?? false), pulled, signal);
    } catch (error) {
      if (error instanceof JobCancelledError) return;
      if (!scheduled || signal.aborted) throw error;
      // The next run is soon.
      log.warn({ err: error }, 'could not check for new orders');
    }
    if (job !== null) await records.finish(job, clock.now());
  }

  async #refreshDead(task: Task): Promise<void> {
    const { records, clock } = this.#options;
    if (task.job === null) return;
    await this.#settle(task, 'all', 'FAILED', null);
    await records.finish(task.job, clock.now());
  }

  async #settle(task: Task, about: string, outcome: TaskOutcome, token: string | null): Promise<void> {
    const { records, clock } = this.#options;
    if (task.job === null) return this.#count(task.kind, outcome);
    const written = token === null ? null : this.#remember(task.job, token);
    const grows = task.kind === 'REFRESH_NEW_ORDERS';
    await records.settle(task.job, about, {
      outcome,
      token: written,
      worker: this.#name,
      nowMs: clock.now(),
      grows,
    });
    this.#count(task.kind, outcome);
  }

  /** One token for everything that this process has written for the job. */
  #remember(job: string, token: string): string {
    const before = this.#tokens.get(job);
    const merged = before === undefined ? token : (this.#options.sessions.merge([before, token]) ?? token);
    this.#tokens.delete(job);
    this.#tokens.set(job, merged);
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size > rememberedJobs && oldest !== undefined) this.#tokens.delete(oldest);
    return merged;
  }

  #place(fromBeginning: boolean): RefreshPlace {
    const { redis } = this.#options;
    const key = redis.key('refresh-place');
    return {
      read: async () => {
        const cursor = fromBeginning ? null : await redis.call('get', [key]);
        return typeof cursor === 'string' ? cursor : null;
      },
      keep: async (cursor) => void (await redis.call('set', [key, cursor])),
    };
  }

  /** Keys may be evicted or deleted one by one: a missing schedule is restored within an interval. */
  async #watchSchedule(everyMs: number): Promise<void> {
    const { clock, random, redis } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await clock.sleep(jittered(Math.max(everyMs, 1000), random), { signal, unref: true }).catch(() => undefined);
      if (signal.aborted || redis.trouble !== null) continue;
      await this.#schedule.mendSchedule(everyMs).catch((error: unknown) => {
        this.#options.log.debug({ err: error }, 'could not check the schedule');
      });
    }
  }

  async #keepSchedule(): Promise<void> {
    const { refreshEveryMs, log } = this.#options;
    try {
      await this.#schedule.schedule(refreshEveryMs);
    } catch (error) {
      log.warn({ err: error }, 'could not schedule the search for new orders; will retry when Redis is back');
    }
  }
}
