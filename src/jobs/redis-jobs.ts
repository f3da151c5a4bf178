import { TidemarkError } from '../errors.ts';
import type { BoundedStream } from '../platform/bounded-stream.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import type { Redis } from '../platform/redis.ts';
import { JobNotFoundError, JobsUnavailableError, TooManyJobsError } from './errors.ts';
import { JobFollower } from './job-follower.ts';
import type { DeadLetterKey } from './job-ids.ts';
import { type JobKind, type JobRecord, jobKinds } from './job-record.ts';
import type { JobRecords } from './job-records.ts';
import { goingJobs } from './job-scripts.ts';
import type { JobSessions } from './job-sessions.ts';
import type { Jobs } from './jobs.ts';
import type { QueueSettings, RetryPolicy, Task } from './task.ts';
import { type DeadLetter, type TaskCounts, TaskQueue } from './task-queue.ts';

export type RedisJobsOptions = QueueSettings & {
  readonly redis: Redis;
  readonly records: JobRecords;
  readonly sessions: JobSessions;
  readonly retry: RetryPolicy;
  /** Maximum number of queued orders, in all and per client: about 1.3 kB of Redis each. */
  readonly maxWaiting: number;
  readonly maxWaitingPerClient: number;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly log: Logger;
};

const maxFollowers = 1000;

/** What a job consists of, and its client. */
type Wanted = {
  readonly kind: JobKind;
  readonly client: string;
  /** Its orders, if known. */
  readonly total: number;
  readonly tasksOf: (job: string) => readonly Task[];
};

/** Requests background jobs and reports on them. Workers do them. */
export class RedisJobs implements Jobs {
  readonly #options: RedisJobsOptions;
  readonly #queues: Readonly<Record<JobKind, TaskQueue>>;
  readonly #followers = new Set<JobFollower>();
  #closed = false;

  /** Must be called before `redis` is started. */
  constructor(options: RedisJobsOptions) {
    this.#options = options;
    const queue = (kind: JobKind) => new TaskQueue({ ...options, kind });
    this.#queues = { RECHECK_ORDERS: queue('RECHECK_ORDERS'), REFRESH_NEW_ORDERS: queue('REFRESH_NEW_ORDERS') };
  }

  get trouble(): string | null {
    const { trouble } = this.#options.redis;
    return trouble === null ? null : `Redis ${trouble}`;
  }

  /** `prefix` begins every key. */
  start(prefix: string): void {
    for (const queue of Object.values(this.#queues)) queue.start(prefix);
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.#queues).map((queue) => queue.stop()));
  }

  /** Ends all followers; later ones end at once. */
  endStreams(): void {
    this.#closed = true;
    for (const { stream } of this.#followers) stream.end();
  }

  async recheck(
    ids: readonly bigint[],
    { token, client }: { readonly token: string | null; readonly client: string },
  ): Promise<JobRecord> {
    const kind = 'RECHECK_ORDERS';
    const { maxWaiting } = this.#options;
    const orders = [...new Set(ids)];
    const { waiting, delayed } = await this.counts(kind);
    if (waiting + delayed + orders.length > maxWaiting) {
      throw new TooManyJobsError('orders are queued', waiting + delayed, maxWaiting);
    }
    const tasksOf = (job: string) => orders.map((id) => ({ kind, job, order: id.toString(), token }) as const);
    return this.#queue({ kind, client, total: orders.length, tasksOf });
  }

  async refresh(fromBeginning: boolean, client: string): Promise<JobRecord> {
    const kind = 'REFRESH_NEW_ORDERS';
    // An unfinished one serves as well: a finished one is not kept.
    const known = await this.#reachable(kind).jobAbout(fromBeginning ? 'beginning' : 'all');
    const record = known === null ? null : await this.find(known);
    if (record !== null && record.finishedAtMs === null) return record;
    const tasksOf = (job: string) => [{ kind, job, order: null, token: null, fromBeginning }] as const;
    return this.#queue({ kind, client, total: 0, tasksOf });
  }

  async counts(kind: JobKind): Promise<TaskCounts> {
    return this.#reachable(kind).counts();
  }

  recent(count: number): Promise<readonly JobRecord[]> {
    return this.#ask(() => this.#options.records.recent(count));
  }

  find(id: string): Promise<JobRecord | null> {
    return this.#ask(() => this.#options.records.read(id));
  }

  /** Tasks dropped too late are skipped by their worker, which asks first. */
  async cancel(id: string): Promise<JobRecord> {
    const { records, clock, log } = this.#options;
    const record = await this.#ask(() => records.cancel(id, clock.now()));
    if (record === null) throw new JobNotFoundError();
    if (record.cancelledAtMs === null) return record;
    await this.#queues[record.kind].drop(id).catch((error: unknown) => {
      log.warn({ err: error, job: id }, 'could not drop the waiting tasks of a cancelled job; workers will skip them');
    });
    return record;
  }

  async deadLetters(count: number): Promise<readonly DeadLetter[]> {
    const lists = await Promise.all(jobKinds.map((kind) => this.#reachable(kind).deadLetters(count)));
    return lists
      .flat()
      .sort((a, b) => b.atMs - a.atMs)
      .slice(0, count);
  }

  async replay(keys: readonly DeadLetterKey[]): Promise<number> {
    let replayed = 0;
    for (const { kind, id } of keys) if (await this.#reachable(kind).replay(id)) replayed += 1;
    return replayed;
  }

  async discard(keys: readonly DeadLetterKey[]): Promise<number> {
    let discarded = 0;
    for (const { kind, id } of keys) if (await this.#reachable(kind).discard(id)) discarded += 1;
    return discarded;
  }

  async follow(id: string): Promise<BoundedStream<JobRecord>> {
    if (this.#followers.size >= maxFollowers) {
      throw new JobsUnavailableError(`the limit of ${maxFollowers} followers is reached`);
    }
    const { records, clock } = this.#options;
    const first = await this.find(id);
    if (first === null) throw new JobNotFoundError();
    const read = (followed: string) => records.read(followed);
    const listen = (listener: (record: JobRecord) => void) => records.listen(listener);
    const follower = new JobFollower({ id, read, listen, clock }, first, (ended) => this.#followers.delete(ended));
    if (first.finishedAtMs === null) this.#followers.add(follower);
    if (this.#closed) follower.stream.end();
    return follower.stream;
  }

  readToken({ tokens }: JobRecord): Promise<string | null> {
    return this.#options.sessions.promise(tokens);
  }

  /** Fails at once if Redis is known not to answer. */
  #reachable(kind: JobKind): TaskQueue {
    const { trouble } = this;
    if (trouble !== null) throw new JobsUnavailableError(trouble);
    return this.#queues[kind];
  }

  /** The record is written before the first task is queued, so that its worker finds it. */
  async #queue(wanted: Wanted): Promise<JobRecord> {
    const { kind, tasksOf } = wanted;
    const { records, randomBytes } = this.#options;
    const id = `j${Buffer.from(randomBytes(12)).toString('hex')}`;
    const besides = await this.#open(id, wanted);
    try {
      const tasks = tasksOf(id);
      const { added, holders } = await this.#queues[kind].add(tasks, besides);
      const holder = added === 0 ? await this.#only(holders) : null;
      if (holder !== null) {
        await this.#ask(() => records.forget(id));
        return holder;
      }
      const record = await this.#ask(() => this.#begin(kind, id, tasks.length - added));
      if (record === null) throw new JobsUnavailableError('Redis has lost its data');
      return record;
    } catch (error) {
      // It could not be followed. Tasks that cannot be dropped either are done but counted nowhere. The record, if it stays, never begins.
      await records.forget(id).catch(() => undefined);
      void this.#queues[kind].drop(id).catch(() => undefined);
      throw error;
    }
  }

  /** Number of other jobs of the same client. */
  async #open(id: string, { kind, total, client }: Wanted): Promise<number> {
    const { records, clock, maxWaitingPerClient } = this.#options;
    const asked = { client, maxWaiting: maxWaitingPerClient };
    const { orders, jobs, opened } = await this.#ask(() => records.open(id, kind, total, clock.now(), asked));
    if (opened) return jobs;
    if (jobs >= goingJobs) throw new TooManyJobsError('of your jobs are running', jobs, goingJobs);
    throw new TooManyJobsError('of your orders are queued', orders, maxWaitingPerClient);
  }

  /** The job that has all of it in its queue, unless there are several, or it has ended meanwhile. */
  async #only(holders: ReadonlySet<string>): Promise<JobRecord | null> {
    const [holder, another] = holders;
    const record = holder === undefined || another !== undefined ? null : await this.find(holder);
    return record?.finishedAtMs === null ? record : null;
  }

  /** A job without tasks is finished. The number of orders of a search is known to its worker only. */
  async #begin(kind: JobKind, id: string, leftOut: number): Promise<JobRecord | null> {
    const { records, clock } = this.#options;
    if (kind === 'RECHECK_ORDERS') return records.begin(id, leftOut, clock.now());
    const record = await records.begin(id, 0, clock.now(), true);
    return leftOut > 0 ? records.finish(id, clock.now()) : record;
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (cause) {
      if (cause instanceof JobsUnavailableError) throw cause;
      const trouble = cause instanceof TidemarkError ? cause.message : 'Redis does not answer';
      throw new JobsUnavailableError(trouble, { cause });
    }
  }
}
