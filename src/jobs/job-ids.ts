/**
 * Public ids of jobs and of their dead letters. They become parts of Redis keys, so malformed ones are refused without asking Redis.
 */
import { type JobKind, jobKinds } from './job-record.ts';

/** A requested job, and a scheduled one. */
const jobId = /^[js][0-9a-f]{24}$/;
/** The name of a dead letter's task in its queue: its job, its order, and a suffix for each replay of it. */
const taskId = /^(?:j[0-9a-f]{24}-(?:\d{1,20}|all|beginning)(?:-[0-9a-z]{1,12}){0,200}|repeat:schedule:\d{1,16})$/;

/** A dead letter's id is unique within its queue only. */
export type DeadLetterKey = { readonly kind: JobKind; readonly id: string };

export function isJobId(text: string): boolean {
  return jobId.test(text);
}

export function writeDeadLetterId({ kind, id }: DeadLetterKey): string {
  return `${kind}.${id}`;
}

/** `null` if the text is not the id of a dead letter. */
export function readDeadLetterId(text: string): DeadLetterKey | null {
  const dot = text.indexOf('.');
  const kind = jobKinds.find((known) => known === text.slice(0, dot));
  const id = text.slice(dot + 1);
  return kind === undefined || !taskId.test(id) ? null : { kind, id };
}
