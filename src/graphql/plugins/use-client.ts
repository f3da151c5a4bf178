import type { Plugin } from 'graphql-yoga';
import { clientOf } from '../../platform/address-list.ts';
import type { Caller } from '../caller.ts';
import type { OperationContext } from '../context.ts';

type NodeContext = { caller?: Caller };

/** Lets every operation know whom its shares are counted for. */
export function useClient(): Plugin<Pick<OperationContext, 'client'>, NodeContext> {
  return {
    onContextBuilding({ context, extendContext }) {
      const { caller } = context as NodeContext;
      extendContext({ client: caller === undefined ? 'unknown' : clientOf(caller.address) });
    },
  };
}
