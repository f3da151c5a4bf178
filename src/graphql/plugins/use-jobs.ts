import type { Plugin } from 'graphql-yoga';
import type { Jobs } from '../../jobs/jobs.ts';
import type { OrderChanges } from '../../orders/order-changes.ts';
import type { OperationContext } from '../context.ts';

/** Lets every operation reach background work and hear of changed orders: neither comes out of a table. */
export function useJobs(
  jobs: Jobs,
  orderChanges: OrderChanges,
): Plugin<Pick<OperationContext, 'jobs' | 'orderChanges'>> {
  return {
    onContextBuilding({ extendContext }) {
      extendContext({ jobs, orderChanges });
    },
  };
}
