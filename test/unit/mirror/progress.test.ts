import { expect, it } from 'vitest';
import { progressInWords } from '../../../src/mirror/progress.ts';

it.each([
  [0, 20_000, 0, '0 of 20000 (0 %)'],
  [5000, 20_000, 1000, '5000 of 20000 (25 %), 5000 a second, 3 s left'],
  [20_000, 20_000, 4000, '20000 of 20000 (100 %), 5000 a second'],
  [0, 0, 10, '0 of 0 (100 %)'],
])('%i of %i after %i ms reads well', (done, of, elapsedMs, words) => {
  expect(progressInWords(done, of, elapsedMs)).toBe(words);
});
