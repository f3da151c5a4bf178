import { describe, expect, it } from 'vitest';
import { clockMark, tasksIn, workWithin } from '../../bench/main-thread-work.ts';

const [pid, tid] = [7, 7];
const task = (ts: number, dur: number, tdur: number, where = { pid, tid }) => ({
  name: 'ThreadControllerImpl::RunTask',
  ph: 'X',
  ts,
  dur,
  tdur,
  args: {},
  ...where,
});
const mark = { name: clockMark, ph: 'R', ts: 5_000_000, pid, tid, args: { data: { startTime: 1000 } } };
const trace = (...events: readonly object[]) => JSON.stringify({ traceEvents: [mark, ...events] });

describe('the work of a main thread, from a trace', () => {
  it('is told in the time of the page, and only of the thread that has set the mark', () => {
    const text = trace(task(5_020_000, 8000, 6000), task(5_020_000, 99_000, 99_000, { pid, tid: 8 }));
    expect(tasksIn(text)).toEqual([{ startMs: 1020, durationMs: 8, processorMs: 6 }]);
  });

  it('says what it did and what it was kept from between two moments', () => {
    const tasks = tasksIn(trace(task(5_000_000, 20_000, 10_000), task(5_030_000, 10_000, 10_000)));
    expect(workWithin(tasks, 1000, 1040)).toEqual({ processorMs: 20, keptMs: 10 });
    // Half of the first one, and nothing of the second.
    expect(workWithin(tasks, 1010, 1030)).toEqual({ processorMs: 5, keptMs: 5 });
    expect(workWithin(tasks, 2000, 3000)).toEqual({ processorMs: 0, keptMs: 0 });
  });

  it('is not made up where the clocks are not known together', () => {
    expect(() => tasksIn(JSON.stringify({ traceEvents: [task(0, 1, 1)] }))).toThrow('the mark');
  });
});
