import { type ClusterSnapshot, replicas, writableSource } from './cluster-snapshot.ts';
import { servingReplicas } from './serving-replicas.ts';

/** Which servers serve reads that any server may serve. */
export type ReadsServedBy = {
  /** NONE but perhaps a backup; UNDECIDED while better servers have not been probed. */
  readonly kind: 'PREFERRED' | 'FALLBACK' | 'NONE' | 'UNDECIDED';
  /** Names of the servers that share the reads. */
  readonly nodes: readonly string[];
};

/**
 * Preferred are the replicas of the first priority, however many; without any replica the source. Fallback are all others, as the router
 * uses them: replicas of a later priority, the source, unhealthy replicas.
 */
export function readsServedBy(snapshot: ClusterSnapshot, floor: number): ReadsServedBy {
  const all = replicas(snapshot);
  const source = writableSource(snapshot);
  const able = servingReplicas(snapshot, floor);
  const serving = able.length > 0 || source === undefined ? able : [source];
  const priority = Math.min(...serving.map(({ node }) => node.priority));
  const first = serving.filter(({ node }) => node.priority === priority);
  const nodes = first.map(({ node }) => node.name);
  const best = Math.min(...all.map(({ node }) => node.priority));
  const preferred = all.length === 0 || first.some(({ role, node }) => role === 'REPLICA' && node.priority === best);
  if (serving.length > 0 && preferred) return { kind: 'PREFERRED', nodes };
  if (snapshot.some(({ state, role }) => state === 'UNKNOWN' && role !== 'BACKUP')) return { kind: 'UNDECIDED', nodes };
  return { kind: serving.length > 0 ? 'FALLBACK' : 'NONE', nodes };
}
