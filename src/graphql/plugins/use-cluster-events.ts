import type { Plugin } from 'graphql-yoga';
import type { ClusterEventFeed } from '../cluster/cluster-event-feed.ts';

const feeds = new WeakMap<object, ClusterEventFeed>();

/** Gives subscriptions what they read from. They open no database session: nothing that they tell comes out of a table. */
export function useClusterEvents(feed: ClusterEventFeed): Plugin {
  return {
    onSubscribe({ args }) {
      feeds.set(args.contextValue, feed);
    },
  };
}

/** `context` is that of a subscription. */
export function feedOf(context: object): ClusterEventFeed {
  const feed = feeds.get(context);
  if (feed === undefined) throw new Error('Only a subscription has a feed');
  return feed;
}
