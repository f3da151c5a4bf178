import type { Plugin } from 'graphql-yoga';
import type { ClusterState, OperationContext } from '../context.ts';

/** Lets every operation see how the servers are, those too that open no database session. */
export function useClusterState(cluster: () => ClusterState): Plugin<Pick<OperationContext, 'cluster'>> {
  return {
    onContextBuilding({ extendContext }) {
      extendContext({ cluster });
    },
  };
}
