import { expect, it } from 'vitest';
import { evenly } from '../../../src/jobs/task-worker.ts';

it.each([
  [1, { max: 1, duration: 1000 }],
  [3, { max: 1, duration: 333 }],
  [15, { max: 2, duration: 133 }],
  [50, { max: 5, duration: 100 }],
  [100_000, { max: 10_000, duration: 100 }],
])('%i tasks a second are begun evenly', (ratePerS, limit) => {
  expect(evenly(ratePerS)).toEqual(limit);
});
