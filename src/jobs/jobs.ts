import type { BoundedStream } from '../platform/bounded-stream.ts';
import { JobsUnavailableError } from './errors.ts';
import type { DeadLetterKey } from './job-ids.ts';
import type { JobKind, JobRecord } from './job-record.ts';
import type { DeadLetter, TaskCounts } from './task-queue.ts';

/** What may be asked of background work. Everything but `trouble` throws `JobsUnavailableError`. */
export interface Jobs {
  /** Why jobs cannot be reached now; `null` when they can. */
  readonly trouble: string | null;
  /**
   * Queues a recheck of each order. `token` is what whoever asks has seen. When one other job has all of them in its queue, it is
   * that job. Throws `TooManyJobsError`.
   */
  recheck(
    ids: readonly bigint[],
    asking: { readonly token: string | null; readonly client: string },
  ): Promise<JobRecord>;
  /** Queues a look for new orders, unless one of the same kind that was asked for is in the queue already. Throws `TooManyJobsError`. */
  refresh(fromBeginning: boolean, client: string): Promise<JobRecord>;
  counts(kind: JobKind): Promise<TaskCounts>;
  /** The newest first. */
  recent(count: number): Promise<readonly JobRecord[]>;
  find(id: string): Promise<JobRecord | null>;
  /** What of it waits is dropped, what is in hand ends. Of a job that has ended already, nothing changes. Throws `JobNotFoundError`. */
  cancel(id: string): Promise<JobRecord>;
  /** Of all queues, the newest first. */
  deadLetters(count: number): Promise<readonly DeadLetter[]>;
  /** How many were put back into their queue. */
  replay(keys: readonly DeadLetterKey[]): Promise<number>;
  /** How many were thrown away. */
  discard(keys: readonly DeadLetterKey[]): Promise<number>;
  /** How far it is, from now until it is finished. Throws `JobNotFoundError`. */
  follow(id: string): Promise<BoundedStream<JobRecord>>;
  /** One token for all that the job has seen and written so far; `null` when that is nothing. */
  tokenOf(record: JobRecord): Promise<string | null>;
}

function refuse(): never {
  throw new JobsUnavailableError('no Redis is configured', { retryable: false });
}

/** Of a process without Redis. */
export const noJobs: Jobs = {
  trouble: 'no Redis is configured',
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
  tokenOf: async () => null,
};
