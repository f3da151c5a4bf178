import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { type StopSignal, watchStopSignals } from '../../../src/platform/stop-signals.ts';

function replay(...arrivals: [atMs: number, signal: StopSignal][]): string[] {
  const source = new EventEmitter();
  const events: string[] = [];
  let nowMs = 0;
  const unwatch = watchStopSignals({
    source,
    clock: { now: () => nowMs, monotonic: () => nowMs, sleep: async () => {}, after: () => () => {} },
    onStop: (signal) => events.push(`stop at ${nowMs} for ${signal}`),
    onImpatience: (code) => events.push(`exit at ${nowMs} with ${code}`),
  });
  for (const [atMs, signal] of arrivals) {
    nowMs = atMs;
    source.emit(signal);
  }
  unwatch();
  expect(source.eventNames()).toEqual([]);
  return events;
}

describe('stop signals', () => {
  it('begin one stop', () => {
    expect(replay([0, 'SIGTERM'])).toEqual(['stop at 0 for SIGTERM']);
  });

  it('of one key press count once, however many processes pass them on', () => {
    expect(replay([0, 'SIGINT'], [3, 'SIGINT'], [400, 'SIGTERM'], [800, 'SIGINT'])).toEqual(['stop at 0 for SIGINT']);
  });

  it('end the process at once if repeated', () => {
    expect(replay([0, 'SIGINT'], [10, 'SIGINT'], [2000, 'SIGINT'])).toEqual([
      'stop at 0 for SIGINT',
      'exit at 2000 with 130',
    ]);
    expect(replay([0, 'SIGTERM'], [600, 'SIGTERM'])).toEqual(['stop at 0 for SIGTERM', 'exit at 600 with 143']);
  });
});
