export const jobKinds = ['RECHECK_ORDERS', 'REFRESH_NEW_ORDERS'] as const;
export type JobKind = (typeof jobKinds)[number];

/** Outcome of one order of a job. GONE: it was deleted meanwhile. FAILED: given up on, and kept as a dead letter. */
export const taskOutcomes = ['CHANGED', 'UNCHANGED', 'GONE', 'FAILED'] as const;
export type TaskOutcome = (typeof taskOutcomes)[number];

/** A requested job and its progress. Times are milliseconds since the Unix epoch. */
export type JobRecord = {
  readonly id: string;
  readonly kind: JobKind;
  /** Grows with each change of the record. */
  readonly revision: number;
  /** Orders in scope. */
  readonly total: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly gone: number;
  readonly failed: number;
  /** Requested orders that were skipped, because another job has them in its queue. */
  readonly alreadyQueued: number;
  readonly queuedAtMs: number;
  readonly startedAtMs: number | null;
  /** Also set if it was cancelled. */
  readonly finishedAtMs: number | null;
  readonly cancelledAtMs: number | null;
  /** Positions of the workers' writes: one token for each worker. */
  readonly tokens: readonly string[];
};

export type JobState = 'QUEUED' | 'RUNNING' | 'FINISHED' | 'CANCELLED';

export function stateOf({ startedAtMs, finishedAtMs, cancelledAtMs }: JobRecord): JobState {
  if (cancelledAtMs !== null) return 'CANCELLED';
  if (finishedAtMs !== null) return 'FINISHED';
  return startedAtMs === null ? 'QUEUED' : 'RUNNING';
}

export function doneOf({ changed, unchanged, gone, failed }: JobRecord): number {
  return changed + unchanged + gone + failed;
}

/** From the flat list of names and values that Redis returns; `null` if the job does not exist or has not begun. */
export function parseJobRecord(id: string, answer: unknown): JobRecord | null {
  if (!Array.isArray(answer) || answer.length === 0) return null;
  const fields = new Map<string, string>();
  for (let index = 0; index + 1 < answer.length; index += 2)
    fields.set(String(answer[index]), String(answer[index + 1]));
  const kind = jobKinds.find((known) => known === fields.get('kind'));
  if (kind === undefined || !fields.has('begunAtMs')) return null;
  const count = (name: string) => Number(fields.get(name) ?? 0);
  const moment = (name: string) => (fields.has(name) ? count(name) : null);
  return {
    id,
    kind,
    revision: count('revision'),
    total: count('total'),
    changed: count('CHANGED'),
    unchanged: count('UNCHANGED'),
    gone: count('GONE'),
    failed: count('FAILED'),
    alreadyQueued: count('alreadyQueued'),
    queuedAtMs: count('queuedAtMs'),
    startedAtMs: moment('startedAtMs'),
    finishedAtMs: moment('finishedAtMs'),
    cancelledAtMs: moment('cancelledAtMs'),
    tokens: [...fields].filter(([name]) => name.startsWith('token:')).map(([, token]) => token),
  };
}
