import type { OperationCost } from './operation-cost.ts';

/** From so many points on, an operation is heavy. */
const heavyFrom = 500;
/** Or from so many that it costs where orders have as many items as they may. */
const heavyAtMostFrom = 2500;

/** Whether it takes so long that others are to have their turn meanwhile. */
export function isHeavy({ points, mostPoints }: Pick<OperationCost, 'points' | 'mostPoints'>): boolean {
  return points >= heavyFrom || mostPoints >= heavyAtMostFrom;
}
