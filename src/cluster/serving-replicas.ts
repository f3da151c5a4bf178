/**
 * Which replicas are healthy enough to serve a read. Pure. Whether one is fresh enough is decided for each read separately.
 *
 *   HEALTHY     always, unless its configured delay exceeds the maximum lag
 *   late only   while fewer than `floor` others serve, the least late first: a read of any age gets an old answer there, instead of all
 *               of them falling on the source together
 *   DEGRADED    only while there is no source either: replication is broken then, and no server has newer data; but never one that
 *               holds errant transactions, or cannot read what is requested
 */
import { type ClusterSnapshot, canServe, isSeen, replicas, writableSource } from './cluster-snapshot.ts';
import type { NodeStatus } from './node-status.ts';

const noNodes: ReadonlySet<string> = new Set();

export function servingReplicas(
  snapshot: ClusterSnapshot,
  floor: number,
  excluded: ReadonlySet<string> = noNodes,
): readonly NodeStatus[] {
  const seen = replicas(snapshot).filter((status) => isSeen(status) && !excluded.has(status.node.name));
  const healthy = seen.filter(({ state, isLate }) => state === 'HEALTHY' && !isLate);
  if (healthy.length < floor) {
    const late = seen.filter(({ isLate }) => isLate).sort((a, b) => lagMs(a) - lagMs(b));
    healthy.push(...late.slice(0, floor - healthy.length));
  }
  return healthy.length > 0 || writableSource(snapshot) !== undefined ? healthy : seen.filter(canServe);
}

const lagMs = ({ report }: NodeStatus): number => report?.lagMs ?? Number.POSITIVE_INFINITY;
