import { describe, expect, it } from 'vitest';
import { timeLabels, timeRange } from '../../../src/dashboard/cluster/lag-axis.ts';

const nowS = Date.UTC(2026, 10, 30, 16, 25, 31) / 1000;

describe('the time axis of the lag plot', () => {
  it.each([
    ['shows the minute before a single sample, not the day after it', [nowS], [nowS - 60, nowS]],
    ['shows a minute while there are samples of less', [nowS - 10, nowS], [nowS - 60, nowS]],
    ['begins at the oldest sample of more than a minute', [nowS - 300, nowS - 200, nowS], [nowS - 300, nowS]],
  ])('%s', (_, samples, expected) => {
    expect(timeRange(samples)).toEqual(expected);
  });

  it('has labels in the chosen zone', () => {
    expect(timeLabels([nowS - 60, nowS], 'Asia/Tokyo')).toEqual(['01:24:31', '01:25:31']);
  });

  it('has no labels before the first sample', () => {
    const range = timeRange([]);
    expect(timeLabels(range, 'UTC')).toEqual(['', '']);
  });
});
