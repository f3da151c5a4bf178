import type { RedisTarget } from '../platform/redis-target.ts';
import type { JobKind } from './job-record.ts';

/** One unit of work in a queue, as stored in Redis. */
export type Task = {
  readonly kind: JobKind;
  /** Its job; `null` for a scheduled task. */
  readonly job: string | null;
  /** Its order; `null` if it concerns no particular order. */
  readonly order: string | null;
  /** The token of its requester. */
  readonly token: string | null;
  /** New orders are pulled from the oldest on. */
  readonly fromBeginning?: boolean;
  /** It was replayed: an earlier cancellation of its job does not apply. */
  readonly replayed?: boolean;
};

/** BullMQ's names of the queues. */
export const queueNames = { RECHECK_ORDERS: 'recheck', REFRESH_NEW_ORDERS: 'refresh' } as const;

export type QueueSettings = {
  readonly target: RedisTarget;
};

export type RetryPolicy = {
  /** Attempts before a task becomes a dead letter. */
  readonly attempts: number;
  readonly firstPauseMs: number;
  readonly maxPauseMs: number;
};

/** The reason for a failure as one text with its code first, because that is all that BullMQ stores. */
export function writeFailure(code: string, message: string): string {
  return `${code}: ${message}`;
}

/** The code of a failure that BullMQ itself reported. */
export const unexplained = 'FAILED';

export function readFailure(text: string): { readonly code: string; readonly message: string } {
  const [, code, message] = /^([A-Z][A-Z_]+): (.*)$/s.exec(text) ?? [];
  return code === undefined ? { code: unexplained, message: text } : { code, message: message ?? '' };
}
