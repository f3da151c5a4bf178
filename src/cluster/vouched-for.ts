import { type ClusterSnapshot, isSeen, lastSource, writableSource } from './cluster-snapshot.ts';

/**
 * How long ago, in whole milliseconds, the source was last confirmed; 0 while nothing speaks against it, or until one was seen. While it is
 * unreachable, and until it was probed again, it may be coming back with an older copy of its data, and that may already be on record:
 * what a replica shows meanwhile is of the time before.
 */
export function unvouchedMs(snapshot: ClusterSnapshot, monotonicMs: number): number {
  const source = writableSource(snapshot) ?? lastSource(snapshot);
  if (source === undefined || source.asOfMs === null) return 0;
  return isSeen(source) && source.position !== null ? 0 : Math.ceil(Math.max(0, monotonicMs - source.asOfMs));
}
