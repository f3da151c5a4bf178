/**
 * The names under which jobs and their dead letters are handed out. They become parts of Redis keys: what has another form
 * was never handed out, and is asked of nobody.
 */
import { type JobKind, jobKinds } from './job-record.ts';

/** Of one that was asked for, and of one that a schedule made. */
const jobId = /^[js][0-9a-f]{24}$/;
/** What the task of a dead letter is called in its queue: its job, its order, and once for each replay when it had died before. */
const taskId = /^(?:j[0-9a-f]{24}-(?:\d{1,20}|all|beginning)(?:-[0-9a-z]{1,12}){0,200}|repeat:schedule:\d{1,16})$/;

/** A dead letter's id is unique within its queue only. */
export type DeadLetterKey = { readonly kind: JobKind; readonly id: string };

export function isJobId(text: string): boolean {
  return jobId.test(text);
}

export function writeDeadLetterId({ kind, id }: DeadLetterKey): string {
  return `${kind}.${id}`;
}

/** `null` for a text that is no id of a dead letter. */
export function readDeadLetterId(text: string): DeadLetterKey | null {
  const dot = text.indexOf('.');
  const kind = jobKinds.find((known) => known === text.slice(0, dot));
  const id = text.slice(dot + 1);
  return kind === undefined || !taskId.test(id) ? null : { kind, id };
}
