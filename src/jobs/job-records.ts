/**
 * What is known of each job, in Redis:
 *
 *   <prefix>jobs                      sorted set of ids by time, the newest 200
 *   <prefix>job:<id>                  hash of counts, times, and a token for each worker that wrote; a job only once it has
 *                                     begun: Redis may be lost between the record and the tasks, which would never be done
 *   <prefix>job:<id>:tasks            hash of order -> outcome, so that an order that is done twice counts once
 *
 * An order's outcome may be said again: the last word counts. So a dead letter that is replayed turns from failed to changed.
 * Only a task that was done and done again, which then finds nothing to change, has changed its order all the same.
 * Everything is forgotten a day after its last change, and soon when it does not begin.
 */
import type { Redis } from '../platform/redis.ts';
import { SharedChannel } from '../platform/shared-channel.ts';
import { type JobKind, type JobRecord, jobRecordOf, type TaskOutcome } from './job-record.ts';

const keptMs = 24 * 60 * 60 * 1000;
const unbegunMs = 60_000;
const keptJobs = 200;

// Each script gets the job's hash, the hash of its tasks and the list of jobs, and answers the job's hash.
const told = `
redis.call('HINCRBY', KEYS[1], 'revision', 1)
redis.call('PEXPIRE', KEYS[1], ${keptMs})
redis.call('PEXPIRE', KEYS[2], ${keptMs})
return redis.call('HGETALL', KEYS[1])`;

const finishWhenDone = `
local counts = redis.call('HMGET', KEYS[1], 'CHANGED', 'UNCHANGED', 'GONE', 'FAILED', 'total')
local done = 0
for i = 1, 4 do done = done + (tonumber(counts[i]) or 0) end
if done >= tonumber(counts[5]) then
  redis.call('HSETNX', KEYS[1], 'finishedAtMs', now)
elseif redis.call('HEXISTS', KEYS[1], 'cancelledAtMs') == 0 then
  redis.call('HDEL', KEYS[1], 'finishedAtMs')
end`;

const open = `
redis.call('HSET', KEYS[1], 'kind', ARGV[2], 'total', ARGV[3], 'queuedAtMs', ARGV[4])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[3], 0, -${keptJobs + 1})
redis.call('PEXPIRE', KEYS[1], ${unbegunMs})`;

const begin = `
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
local now = ARGV[2]
redis.call('HSET', KEYS[1], 'begunAtMs', now)
redis.call('HINCRBY', KEYS[1], 'total', ARGV[3])
redis.call('HINCRBY', KEYS[1], 'alreadyQueued', ARGV[1])
if ARGV[4] ~= 'grow' then${finishWhenDone} end${told}`;

const settle = `
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
local task, outcome, now = ARGV[1], ARGV[2], ARGV[3]
local before = redis.call('HGET', KEYS[2], task)
if before == 'CHANGED' and outcome == 'UNCHANGED' then outcome = before end
if before then redis.call('HINCRBY', KEYS[1], before, -1) end
if not before and ARGV[6] == 'grow' then redis.call('HINCRBY', KEYS[1], 'total', 1) end
redis.call('HSET', KEYS[2], task, outcome)
redis.call('HINCRBY', KEYS[1], outcome, 1)
redis.call('HSETNX', KEYS[1], 'startedAtMs', now)
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'token:' .. ARGV[4], ARGV[5]) end
if ARGV[6] ~= 'grow' then${finishWhenDone} end${told}`;

const finish = `
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
redis.call('HSETNX', KEYS[1], 'startedAtMs', ARGV[1])
redis.call('HSET', KEYS[1], 'finishedAtMs', ARGV[1])${told}`;

// What has ended stays as it ended.
const cancel = `
if redis.call('HEXISTS', KEYS[1], 'begunAtMs') == 0 then return {} end
if redis.call('HEXISTS', KEYS[1], 'finishedAtMs') == 1 then return redis.call('HGETALL', KEYS[1]) end
redis.call('HSET', KEYS[1], 'finishedAtMs', ARGV[1], 'cancelledAtMs', ARGV[1])${told}`;

// As a script, since the driver makes an object of what the command itself answers.
const read = `return redis.call('HGETALL', KEYS[1])`;

const recent = `
local jobs = {}
for _, id in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, ARGV[1] - 1)) do
  local fields = redis.call('HGETALL', ARGV[2] .. id)
  if #fields > 0 then jobs[#jobs + 1] = { id, fields } end
end
return jobs`;

const forget = `
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('ZREM', KEYS[3], ARGV[1])`;

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
  async open(id: string, kind: JobKind, total: number, nowMs: number): Promise<void> {
    await this.#redis.run(open, this.#keys(id), [id, kind, total, nowMs], patient);
  }

  /** Its tasks are in the queue but for `leftOut`, which are there already for another job. */
  async begin(id: string, leftOut: number, nowMs: number, grows = false): Promise<JobRecord | null> {
    return this.#change(id, begin, [leftOut, nowMs, 0 - leftOut, grows ? 'grow' : '']);
  }

  /** One of the job's orders is done. */
  async settle(id: string, task: string, settlement: Settlement): Promise<JobRecord | null> {
    const { outcome, token, worker, nowMs, grows = false } = settlement;
    return this.#change(id, settle, [task, outcome, nowMs, worker, token ?? '', grows ? 'grow' : '']);
  }

  /** Ends a job of which nobody knew before how many orders it is about. */
  async finish(id: string, nowMs: number): Promise<JobRecord | null> {
    return this.#change(id, finish, [nowMs]);
  }

  /** Ends it as it is; one that has ended is left alone. `null` when there is none. */
  async cancel(id: string, nowMs: number): Promise<JobRecord | null> {
    return this.#change(id, cancel, [nowMs]);
  }

  async isCancelled(id: string): Promise<boolean> {
    return (await this.#redis.call('hexists', [this.#redis.key('job', id), 'cancelledAtMs'], patient)) === 1;
  }

  async forget(id: string): Promise<void> {
    await this.#redis.run(forget, this.#keys(id), [id]);
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

  async #change(id: string, script: string, values: readonly (string | number)[]): Promise<JobRecord | null> {
    const record = jobRecordOf(id, await this.#redis.run(script, this.#keys(id), values, patient));
    if (record !== null) this.#told.publish(JSON.stringify(record));
    return record;
  }

  #keys(id: string): string[] {
    return [this.#redis.key('job', id), this.#redis.key('job', id, 'tasks'), this.#redis.key('jobs')];
  }
}
