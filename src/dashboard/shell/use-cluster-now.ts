import { useSyncExternalStore } from 'react';
import { type Watched, watchCluster, watchedNow } from './cluster-watch.ts';

/** How the servers are, as long as somebody looks. */
export function useClusterNow(): Watched {
  return useSyncExternalStore(watchCluster, watchedNow);
}
