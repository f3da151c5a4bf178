import type { Flavour } from '../consistency/position.ts';
import type { ClusterSnapshot } from './cluster-snapshot.ts';

/** Of the replicated servers, `null` until one has been seen. The backup may be of another flavour. */
export function seenFlavour(snapshot: ClusterSnapshot): Flavour | null {
  const seen = snapshot.find(({ report, role }) => report !== null && role !== 'BACKUP');
  return seen?.report?.position.flavour ?? null;
}
