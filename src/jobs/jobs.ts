import type { BoundedStream } from '../platform/bounded-stream.ts';
import { JobsUnavailableError } from './errors.ts';
import type { DeadLetterKey } from './job-ids.ts';
import type { JobKind, JobRecord } from './job-record.ts';
import type { DeadLetter, TaskCounts } from './task-queue.ts';

/** The interface of background jobs. Everything but `trouble` throws `JobsUnavailableError`. */
export interface Jobs {
  /** Why jobs are unavailable; `null` if they are not. */
  readonly trouble: string | null;
  /**
   * Queues a recheck of each order. `token` is what the requester has seen. If a single other job has all of them in its queue, that
   * job is returned. Throws `TooManyJobsError`.
   */
  recheck(
    ids: readonly bigint[],
    asking: { readonly token: string | null; readonly client: string },
  ): Promise<JobRecord>;
  /** Queues a search for new orders, unless a requested one is queued already. Throws `TooManyJobsError`. */
  refresh(fromBeginning: boolean, client: string): Promise<JobRecord>;
  counts(kind: JobKind): Promise<TaskCounts>;
  /** Newest first. */
  recent(count: number): Promise<readonly JobRecord[]>;
  find(id: string): Promise<JobRecord | null>;
  /** Drops waiting tasks and aborts running ones. An ended job is unchanged. Throws `JobNotFoundError`. */
  cancel(id: string): Promise<JobRecord>;
  /** Of all queues, newest first. */
  deadLetters(count: number): Promise<readonly DeadLetter[]>;
  /** Returns the number of requeued dead letters. */
  replay(keys: readonly DeadLetterKey[]): Promise<number>;
  /** Returns the number of discarded dead letters. */
  discard(keys: readonly DeadLetterKey[]): Promise<number>;
  /** Progress from now until the end. Throws `JobNotFoundError`. */
  follow(id: string): Promise<BoundedStream<JobRecord>>;
  /** One token for everything that the job has seen and written so far; `null` if there is nothing. */
  readToken(record: JobRecord): Promise<string | null>;
}

function refuse(): never {
  throw new JobsUnavailableError('Redis is not configured', { retryable: false });
}

/** For a process without Redis. */
export const noJobs: Jobs = {
  trouble: 'Redis is not configured',
  recheck: async () => refuse(),
  refresh: async () => refuse(),
  counts: async () => refuse(),
  recent: async () => refuse(),
  find: async () => refuse(),
  cancel: async () => refuse(),
  deadLetters: async () => refuse(),
  replay: async () => refuse(),
  discard: async () => refuse(),
  follow: async () => refuse(),
  readToken: async () => null,
};
