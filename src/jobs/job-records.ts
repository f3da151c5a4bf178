/**
 * What is known of each job, in Redis:
 *
 *   <prefix>jobs                      sorted set of ids by time, the newest 200
 *   <prefix>job:<id>                  hash of counts, times, and a token for each worker that wrote; a job only once it has
 *                                     begun: Redis may be lost between the record and the tasks, which would never be done
 *   <prefix>job:<id>:tasks            hash of order -> outcome, so that an order that is done twice counts once; until it ends
 *   <prefix>job:<id>:failed           of those that failed, also afterwards
 *   <prefix>jobs-ended                sorted set of ids by the time they ended, the newest 2,000: of others nothing is kept
 *   <prefix>jobs-of:<client>:going    sorted set of the ids of its jobs that have not ended, by how many orders are to be done
 *   <prefix>jobs-of:<client>:ended    the newest 100 of those that have: who asks for many loses its own first
 *
 * An order's outcome may be said again: the last word counts. So a dead letter that is replayed turns from failed to changed.
 * Only a task that was done and done again, which then finds nothing to change, has changed its order all the same.
 * Everything is forgotten a day after its last change, and soon when it does not begin.
 */
import type { Redis } from '../platform/redis.ts';
import { SharedChannel } from '../platform/shared-channel.ts';
import { type JobKind, type JobRecord, jobRecordOf, type TaskOutcome } from './job-record.ts';
import { begin, cancel, finish, forgetJob, open, read, recent, settle } from './job-scripts.ts';

/** What a client is known by that asks for a job, and how many orders of one may wait. */
export type AskedBy = { readonly client: string; readonly mostWaiting: number };

/** How much of the same client's was going on before, and whether this one is as well: else that is too much. */
export type Opening = { readonly orders: number; readonly jobs: number; readonly opened: boolean };

/** Nobody's: of a schedule. */
const nobody: AskedBy = { client: '', mostWaiting: Number.MAX_SAFE_INTEGER };

export type Settlement = {
  readonly outcome: TaskOutcome;
  /** Includes what this worker has written for the job so far. */
  readonly token: string | null;
  readonly worker: string;
  readonly nowMs: number;
  /** The order was not counted when the job was opened. */
  readonly grows?: boolean;
};

/** For what may be many at once. */
const patient = { patienceMs: 1000 };

export class JobRecords {
  readonly #redis: Redis;
  readonly #told: SharedChannel;

  /** Before `redis` is started. */
  constructor(redis: Redis) {
    this.#redis = redis;
    this.#told = new SharedChannel('job-progress', redis);
  }

  /** Calls `listener` with each change of any job, of whatever process. The returned function ends it. */
  listen(listener: (record: JobRecord) => void): () => void {
    // A process of an earlier version says nothing of cancelling.
    return this.#told.subscribe((text) => listener({ cancelledAtMs: null, ...JSON.parse(text) } as JobRecord));
  }

  /** Before its tasks are in the queue: whoever does the first finds it. Nobody else does until it begins. */
  async open(
    id: string,
    kind: JobKind,
    total: number,
    nowMs: number,
    { client, mostWaiting } = nobody,
  ): Promise<Opening> {
    const values = [id, nowMs, kind, total, client, mostWaiting];
    const answer = await this.#redis.run(open, this.#keys(id), values, patient);
    const [orders = 0, jobs = 0, opened = 0] = Array.isArray(answer) ? answer.map(Number) : [];
    return { orders, jobs, opened: opened === 1 };
  }

  /** Its tasks are in the queue but for `leftOut`, which are there already for another job. */
  async begin(id: string, leftOut: number, nowMs: number, grows = false): Promise<JobRecord | null> {
    return this.#change(id, nowMs, begin, [leftOut, grows ? 'grow' : '']);
  }

  /** One of the job's orders is done. */
  async settle(id: string, task: string, settlement: Settlement): Promise<JobRecord | null> {
    const { outcome, token, worker, nowMs, grows = false } = settlement;
    return this.#change(id, nowMs, settle, [task, outcome, worker, token ?? '', grows ? 'grow' : '']);
  }

  /** Ends a job of which nobody knew before how many orders it is about. */
  async finish(id: string, nowMs: number): Promise<JobRecord | null> {
    return this.#change(id, nowMs, finish);
  }

  /** Ends it as it is; one that has ended is left alone. `null` when there is none. */
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
    return jobRecordOf(id, await this.#redis.run(read, [this.#redis.key('job', id)], []));
  }

  /** The newest first. */
  async recent(count: number): Promise<readonly JobRecord[]> {
    const answer = await this.#redis.run(
      recent,
      [this.#redis.key('jobs')],
      [count, this.#redis.key('job', '')],
      patient,
    );
    if (!Array.isArray(answer)) return [];
    return answer.flatMap(([id, fields]: [unknown, unknown]) => jobRecordOf(String(id), fields) ?? []);
  }

  async #change(
    id: string,
    nowMs: number,
    script: string,
    values: readonly (string | number)[] = [],
  ): Promise<JobRecord | null> {
    const answer = await this.#redis.run(script, this.#keys(id), [id, nowMs, ...values], patient);
    const record = jobRecordOf(id, answer);
    if (record !== null) this.#told.publish(JSON.stringify(record));
    return record;
  }

  #keys(id: string): string[] {
    const redis = this.#redis;
    const job = [redis.key('job', id), redis.key('job', id, 'tasks'), redis.key('job', id, 'failed')];
    return [...job, redis.key('jobs'), redis.key('jobs-ended'), redis.key('jobs-of', '')];
  }
}
