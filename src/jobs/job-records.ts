/**
 * The records of jobs in Redis:
 *
 *   <prefix>jobs                      sorted set of ids by time, the newest 200
 *   <prefix>job:<id>                  hash of counts, times, and a token for each worker that wrote; not visible as a job until it
 *                                     has begun: Redis may be lost between the record and the tasks, which would never be done
 *   <prefix>job:<id>:tasks            hash of order -> outcome, so that an order that is done twice counts once; until the job ends
 *   <prefix>job:<id>:failed           the same for failed orders, kept after the end
 *   <prefix>jobs-ended                sorted set of ids by the time they ended, the newest 2,000: older records are deleted
 *   <prefix>jobs-of:<client>:going    sorted set of the ids of its running jobs, by the number of their orders
 *   <prefix>jobs-of:<client>:ended    the newest 100 of its ended ones: a client with many loses its own first
 *
 * An order's outcome may be reported again: the last one counts, so that a replayed dead letter turns from failed to changed. Except:
 * if a task that was done is repeated and then finds nothing to change, its order still counts as changed.
 * Everything is deleted a day after its last change, and soon if the job does not begin.
 */
import type { Redis } from '../platform/redis.ts';
import { SharedChannel } from '../platform/shared-channel.ts';
import { type JobKind, type JobRecord, parseJobRecord, type TaskOutcome } from './job-record.ts';
import { begin, cancel, finish, forgetJob, open, read, recent, settle } from './job-scripts.ts';

/** Identifies the client that requests a job, and limits its queued orders. */
export type AskedBy = { readonly client: string; readonly maxWaiting: number };

/** What else of the same client is running, and whether this job is accepted: otherwise the limit is reached. */
export type Opening = { readonly orders: number; readonly jobs: number; readonly opened: boolean };

/** Owner of scheduled jobs. */
const noClient: AskedBy = { client: '', maxWaiting: Number.MAX_SAFE_INTEGER };

export type Settlement = {
  readonly outcome: TaskOutcome;
  /** Includes what this worker has written for the job so far. */
  readonly token: string | null;
  readonly worker: string;
  readonly nowMs: number;
  /** The order was not counted when the job was opened. */
  readonly grows?: boolean;
};

/** For potentially many records at once. */
const patient = { patienceMs: 1000 };

export class JobRecords {
  readonly #redis: Redis;
  readonly #told: SharedChannel;

  /** Must be called before `redis` is started. */
  constructor(redis: Redis) {
    this.#redis = redis;
    this.#told = new SharedChannel('job-progress', redis);
  }

  /** Calls `listener` with each change of any job, in whatever process. The returned function unsubscribes. */
  listen(listener: (record: JobRecord) => void): () => void {
    // A process of an earlier version does not publish cancellations.
    return this.#told.subscribe((text) => listener({ cancelledAtMs: null, ...JSON.parse(text) } as JobRecord));
  }

  /** Called before its tasks are queued, so that the worker of the first task finds it. It is not visible to others until it begins. */
  async open(
    id: string,
    kind: JobKind,
    total: number,
    nowMs: number,
    { client, maxWaiting } = noClient,
  ): Promise<Opening> {
    const values = [id, nowMs, kind, total, client, maxWaiting];
    const answer = await this.#redis.run(open, this.#keys(id), values, patient);
    const [orders = 0, jobs = 0, opened = 0] = Array.isArray(answer) ? answer.map(Number) : [];
    return { orders, jobs, opened: opened === 1 };
  }

  /** Its tasks are queued, except `leftOut`, which are already queued for another job. */
  async begin(id: string, leftOut: number, nowMs: number, grows = false): Promise<JobRecord | null> {
    return this.#change(id, nowMs, begin, [leftOut, grows ? 'grow' : '']);
  }

  /** One of the job's orders has been processed. */
  async settle(id: string, task: string, settlement: Settlement): Promise<JobRecord | null> {
    const { outcome, token, worker, nowMs, grows = false } = settlement;
    return this.#change(id, nowMs, settle, [task, outcome, worker, token ?? '', grows ? 'grow' : '']);
  }

  /** Ends a job whose number of orders was unknown. */
  async finish(id: string, nowMs: number): Promise<JobRecord | null> {
    return this.#change(id, nowMs, finish);
  }

  /** Ends it in its current state; an ended job is unchanged. `null` if it does not exist. */
  async cancel(id: string, nowMs: number): Promise<JobRecord | null> {
    return this.#change(id, nowMs, cancel);
  }

  async isCancelled(id: string): Promise<boolean> {
    return (await this.#redis.call('hexists', [this.#redis.key('job', id), 'cancelledAtMs'], patient)) === 1;
  }

  async forget(id: string): Promise<void> {
    await this.#redis.run(forgetJob, this.#keys(id), [id, 0]);
  }

  async read(id: string): Promise<JobRecord | null> {
    return parseJobRecord(id, await this.#redis.run(read, [this.#redis.key('job', id)], []));
  }

  /** Newest first. */
  async recent(count: number): Promise<readonly JobRecord[]> {
    const answer = await this.#redis.run(
      recent,
      [this.#redis.key('jobs')],
      [count, this.#redis.key('job', '')],
      patient,
    );
    if (!Array.isArray(answer)) return [];
    return answer.flatMap(([id, fields]: [unknown, unknown]) => parseJobRecord(String(id), fields) ?? []);
  }

  async #change(
    id: string,
    nowMs: number,
    script: string,
    values: readonly (string | number)[] = [],
  ): Promise<JobRecord | null> {
    const answer = await this.#redis.run(script, this.#keys(id), [id, nowMs, ...values], patient);
    const record = parseJobRecord(id, answer);
    if (record !== null) this.#told.publish(JSON.stringify(record));
    return record;
  }

  #keys(id: string): string[] {
    const redis = this.#redis;
    const job = [redis.key('job', id), redis.key('job', id, 'tasks'), redis.key('job', id, 'failed')];
    return [...job, redis.key('jobs'), redis.key('jobs-ended'), redis.key('jobs-of', '')];
  }
}
