import { useSyncExternalStore } from 'react';
import { type Watched, watchCluster, watchedNow } from './cluster-watch.ts';

/** The state of the servers, polled while the component is mounted. */
export function useClusterNow(): Watched {
  return useSyncExternalStore(watchCluster, watchedNow);
}
