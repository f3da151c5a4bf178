import { backoffMs } from '../platform/backoff.ts';

/** What a round found: as much as it could carry, something, nothing, or a fault that is no record's. */
export const roundOutcomes = ['FULL', 'SOME', 'NOTHING', 'TROUBLE'] as const;
export type RoundOutcome = (typeof roundOutcomes)[number];

/**
 * A round costs the source two commits, however few records it carries. So where records keep coming, a round waits until
 * some have gathered, and writers keep the source to themselves meanwhile.
 */
const gatherMs = 80;
// Another process learns of a write only by looking: half of this is the usual lag there.
const idle = { firstMs: 20, factor: 1.5, maxMs: 150 };
const trouble = { firstMs: 100, factor: 2, maxMs: 1000 };

/** How long to pause before the next round. `repeats` is how many rounds before this one ended alike, in a row. */
export function pauseMs(outcome: RoundOutcome, repeats: number, random: () => number): number {
  switch (outcome) {
    case 'FULL':
      return 0;
    case 'SOME':
      return gatherMs;
    case 'NOTHING':
      return backoffMs(Math.min(repeats, 20), idle, random);
    case 'TROUBLE':
      return backoffMs(Math.min(repeats, 20), trouble, random);
    default:
      return outcome satisfies never;
  }
}
