import type { OperationCost } from './operation-cost.ts';

/** An operation of this many points or more is heavy. */
const heavyFrom = 500;
/** Or of this many, assuming orders with the maximum number of items. */
const heavyAtMostFrom = 2500;

/** Whether it takes so long that others should get turns in between. */
export function isHeavy({ points, mostPoints }: Pick<OperationCost, 'points' | 'mostPoints'>): boolean {
  return points >= heavyFrom || mostPoints >= heavyAtMostFrom;
}
