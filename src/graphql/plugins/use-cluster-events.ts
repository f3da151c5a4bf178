import type { Plugin } from 'graphql-yoga';
import type { ClusterEventFeed } from '../cluster/cluster-event-feed.ts';
import type { OperationContext } from '../context.ts';

/** Gives operations what happens to the cluster. They open no database session for it: nothing of it comes out of a table. */
export function useClusterEvents(feed: ClusterEventFeed): Plugin<Pick<OperationContext, 'clusterEvents'>> {
  return {
    onContextBuilding({ extendContext }) {
      extendContext({ clusterEvents: feed });
    },
  };
}
