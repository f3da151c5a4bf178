import type { RedisTarget } from '../platform/redis-target.ts';
import type { JobKind } from './job-record.ts';

/** One unit of work in a queue, as it lies in Redis. */
export type Task = {
  readonly kind: JobKind;
  /** The job that it belongs to; `null` for one that a schedule made. */
  readonly job: string | null;
  /** The order that it is about; `null` for work on no order in particular. */
  readonly order: string | null;
  /** What whoever asked for it had seen. */
  readonly token: string | null;
  /** New orders are looked for from the oldest on. */
  readonly fromBeginning?: boolean;
  /** Asked for anew: that its job was cancelled meanwhile says nothing about it. */
  readonly replayed?: boolean;
};

/** BullMQ's names of the queues. */
export const queueNames = { RECHECK_ORDERS: 'recheck', REFRESH_NEW_ORDERS: 'refresh' } as const;

export type QueueSettings = {
  readonly target: RedisTarget;
};

export type RetryPolicy = {
  /** Tries before a task becomes a dead letter. */
  readonly attempts: number;
  readonly firstPauseMs: number;
  readonly maxPauseMs: number;
};

/** Why a task failed, as one text with its code in front: all that BullMQ keeps. */
export function writeFailure(code: string, message: string): string {
  return `${code}: ${message}`;
}

/** The code of a failure that BullMQ itself found words for. */
export const unexplained = 'FAILED';

export function readFailure(text: string): { readonly code: string; readonly message: string } {
  const [, code, message] = /^([A-Z][A-Z_]+): (.*)$/s.exec(text) ?? [];
  return code === undefined ? { code: unexplained, message: text } : { code, message: message ?? '' };
}
