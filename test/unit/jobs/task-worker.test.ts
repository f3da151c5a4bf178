import { expect, it } from 'vitest';
import { evenly } from '../../../src/jobs/task-worker.ts';

it.each([
  [1, { max: 1, duration: 1000 }],
  [3, { max: 1, duration: 333 }],
  [50, { max: 1, duration: 20 }],
  [75, { max: 2, duration: 27 }],
  [100_000, { max: 2000, duration: 20 }],
])('%i tasks a second are begun evenly', (ratePerS, limit) => {
  expect(evenly(ratePerS)).toEqual(limit);
});
