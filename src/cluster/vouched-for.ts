import { type ClusterSnapshot, isSeen, lastSource, writableSource } from './cluster-snapshot.ts';

/**
 * How long ago, in whole milliseconds, the source was last seen to be the one that it is taken for; 0 while nothing speaks
 * against it, or while none was ever seen. While it is away, and until it was looked at again, it may be on its way back with
 * an older copy of its data, and others may have written that down: what a replica shows meanwhile is of the time before.
 */
export function unvouchedMs(snapshot: ClusterSnapshot, monotonicMs: number): number {
  const source = writableSource(snapshot) ?? lastSource(snapshot);
  if (source === undefined || source.asOfMs === null) return 0;
  return isSeen(source) && source.position !== null ? 0 : Math.ceil(Math.max(0, monotonicMs - source.asOfMs));
}
