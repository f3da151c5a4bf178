// The life of an order is one line: not there yet (0), version 1, 2, 3 …, deleted for good. A rank is a place on it.
import type { Observation, ReadOperation } from '../history.ts';

export const notThereYet = 0;
export const deletedForGood = Number.POSITIVE_INFINITY;

/** When a delete of an order may first have taken effect; `undefined` when none can have. */
export type EarliestDelete = (order: string) => number | undefined;

/** An order that is not there was either not created yet or deleted already: the second only if a delete had begun. */
export function mayBeDeleted(order: string, read: ReadOperation, earliestDelete: EarliestDelete): boolean {
  const begun = earliestDelete(order);
  return begun !== undefined && begun < read.endedAtMs;
}

/** Whether what was seen can be as late as `rank`. In doubt it can. */
export function canReach(
  seen: Observation,
  rank: number,
  read: ReadOperation,
  earliestDelete: EarliestDelete,
): boolean {
  if (seen.version !== null) return seen.version >= rank;
  return rank === notThereYet || mayBeDeleted(seen.order, read, earliestDelete);
}

export function describeRank(rank: number): string {
  if (rank === notThereYet) return 'nothing';
  return rank === deletedForGood ? 'the deletion' : `version ${rank}`;
}

export function describeSeen(seen: Observation): string {
  return seen.version === null ? 'no such order' : `version ${seen.version}`;
}
