/** What is wrong with Redis, as one of the problems of the whole: orders are read and written all the same. */
import type { Problem } from './problem.ts';
import type { OtherCluster } from './roll-call.ts';

/** `trouble` continues the name; `null` while it does what is asked, and where there is none. */
export function redisProblems(trouble: string | null): readonly Problem[] {
  if (trouble === null) return [];
  const message = `Redis ${trouble}: nothing is cached, jobs wait, and changes are told within each API process only`;
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

/** Who else uses this Redis under the same name of a cluster. */
export function sharingProblems(others: ReadonlySet<OtherCluster>, clusterId: string): readonly Problem[] {
  return [...others].map((other) => ({
    code: other === 'ANOTHER_CLUSTER' ? 'CLUSTER_ID_SHARED' : 'CLUSTER_SPLIT',
    node: null,
    message:
      other === 'ANOTHER_CLUSTER'
        ? 'Another cluster uses this Redis under the same CLUSTER_ID: they are kept apart there, but each takes the other’s tokens for its own'
        : 'Processes of this cluster write to two sources and share one Redis: what is cached and queued there may be of the other',
    variable: 'CLUSTER_ID',
    value: clusterId,
    cure:
      other === 'ANOTHER_CLUSTER'
        ? 'set CLUSTER_ID to a name of its own for each'
        : 'delete the rows of one half’s servers from its cluster_servers, and start its processes anew',
  }));
}
