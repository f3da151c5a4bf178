import { backoffMs } from '../platform/backoff.ts';

/** The result of a round: a full batch, some records, none, or a fault that is not a record's. */
export const roundOutcomes = ['FULL', 'SOME', 'NOTHING', 'TROUBLE'] as const;
export type RoundOutcome = (typeof roundOutcomes)[number];

/**
 * A round costs the source two commits, however few records it carries. So if records keep coming, a round waits until some have
 * gathered, and leaves the source to the writers meanwhile.
 */
const gatherMs = 80;
// Another process notices a write only by polling: half of this is the usual lag there.
const idle = { firstMs: 20, factor: 1.5, maxMs: 150 };
const trouble = { firstMs: 100, factor: 2, maxMs: 1000 };

/** Pause before the next round. `repeats` is the number of previous rounds in a row with the same result. */
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
