import { backoffMs } from '../platform/backoff.ts';

export type RefusalVerdict = { readonly action: 'PARK' } | { readonly action: 'POSTPONE'; readonly delayMs: number };

const backoff = { firstMs: 200, factor: 3, maxMs: 60_000 };

/** What to do with a record whose content the backup refuses. `attempts` counts this one. */
export function judgeRefusal(attempts: number, maxAttempts: number, random: () => number): RefusalVerdict {
  if (attempts >= maxAttempts) return { action: 'PARK' };
  return { action: 'POSTPONE', delayMs: backoffMs(Math.max(0, attempts - 1), backoff, random) };
}
