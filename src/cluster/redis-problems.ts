/** Trouble with Redis, as one of the cluster's problems: orders can still be read and written. */
import type { Problem } from './problem.ts';
import type { OtherCluster } from './roll-call.ts';

/** `trouble` is phrased to follow "Redis"; `null` if it works, and without Redis. */
export function redisProblems(trouble: string | null): readonly Problem[] {
  if (trouble === null) return [];
  const message = `Redis ${trouble}: nothing is cached, jobs wait, and changes are announced within each API process only`;
  const isFull = trouble.includes('is full');
  return [
    {
      code: 'REDIS_UNAVAILABLE',
      node: null,
      message,
      variable: isFull ? 'maxmemory' : null,
      value: null,
      cure: isFull ? 'CONFIG SET maxmemory to more, with maxmemory-policy noeviction, or cancel jobs' : null,
    },
  ];
}

/** Other users of this Redis under the same cluster id. */
export function sharingProblems(others: ReadonlySet<OtherCluster>, clusterId: string): readonly Problem[] {
  return [...others].map((other) => ({
    code: other === 'ANOTHER_CLUSTER' ? 'CLUSTER_ID_SHARED' : 'CLUSTER_SPLIT',
    node: null,
    message:
      other === 'ANOTHER_CLUSTER'
        ? 'Another cluster uses this Redis under the same CLUSTER_ID: they are kept apart there, but each accepts the other’s tokens'
        : 'Processes of this cluster write to two sources and share one Redis: what is cached and queued there may be of the other',
    variable: 'CLUSTER_ID',
    value: clusterId,
    cure:
      other === 'ANOTHER_CLUSTER'
        ? 'set a CLUSTER_ID of its own for each'
        : 'delete the rows of one half’s servers from its cluster_servers, and restart its processes',
  }));
}
