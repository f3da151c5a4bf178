import type { OperationCost } from './operation-cost.ts';

/** An operation of this many points or more is heavy. */
const heavyFrom = 500;
/** Or of this many, assuming orders with the maximum number of items. */
const heavyAtMostFrom = 2500;

/** Whether it takes so long that others should get turns in between. */
export function isHeavy({ points, maxPoints }: Pick<OperationCost, 'points' | 'maxPoints'>): boolean {
  return points >= heavyFrom || maxPoints >= heavyAtMostFrom;
}
