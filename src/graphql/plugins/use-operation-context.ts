import type { Plugin } from 'graphql-yoga';
import { clientOf } from '../../platform/address-list.ts';
import type { Caller } from '../caller.ts';
import type { OperationContext } from '../context.ts';

type NodeContext = { caller?: Caller };
type Shared = Pick<OperationContext, 'cluster' | 'clusterEvents' | 'routingLog' | 'jobs' | 'orderChanges'>;

/** Adds to every operation the client that quotas are counted for, and what needs no session because it reads no table. */
export function useOperationContext(shared: Shared): Plugin<Shared & Pick<OperationContext, 'client'>, NodeContext> {
  return {
    onContextBuilding({ context, extendContext }) {
      const { caller } = context as NodeContext;
      extendContext({ ...shared, client: caller === undefined ? 'unknown' : clientOf(caller.address) });
    },
  };
}
