/**
 * What the main thread of a page did, from a trace of its tasks: how long it was at work and, as part of that, how long it stood
 * in the midst of a task without a processor, since the machine had given that to somebody else.
 */
export type Task = { readonly startMs: number; readonly durationMs: number; readonly processorMs: number };
export type Work = { readonly processorMs: number; readonly keptMs: number };

type Event = {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string; readonly data?: { readonly startTime?: number } };
};

/** The page marks its time once while it is traced, so that its clock and the trace's are known together. */
export const clockMark = 'bench-clock';
/** What has to be traced. */
export const tracedCategories = ['-*', 'toplevel', 'blink.user_timing'];

/** The tasks of the page that has set the mark, in its own time. */
export function tasksIn(trace: string): readonly Task[] {
  const events = (JSON.parse(trace) as { readonly traceEvents: readonly Event[] }).traceEvents;
  const mark = events.find(({ name }) => name === clockMark);
  const markedMs = mark?.args.data?.startTime;
  if (mark === undefined || markedMs === undefined) throw new Error('the trace does not hold the mark');
  const originMs = mark.ts / 1000 - markedMs;
  return events.flatMap(({ name, ph, pid, tid, ts, dur = 0, tdur }) => {
    const isTask = name === 'ThreadControllerImpl::RunTask' && ph === 'X' && pid === mark.pid && tid === mark.tid;
    if (!isTask || tdur === undefined) return [];
    return [{ startMs: ts / 1000 - originMs, durationMs: dur / 1000, processorMs: tdur / 1000 }];
  });
}

/** Of a task that is there in part, that part: it is taken to have run evenly. */
export function workWithin(tasks: readonly Task[], fromMs: number, toMs: number): Work {
  let [processorMs, keptMs] = [0, 0];
  for (const task of tasks) {
    const insideMs = Math.min(toMs, task.startMs + task.durationMs) - Math.max(fromMs, task.startMs);
    if (insideMs <= 0) continue;
    const ranMs = (insideMs * Math.min(task.processorMs, task.durationMs)) / task.durationMs;
    processorMs += ranMs;
    keptMs += insideMs - ranMs;
  }
  return { processorMs, keptMs };
}
