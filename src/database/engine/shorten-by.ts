import type { Cluster } from '../../cluster/cluster.ts';
import { SharedPast } from '../../cluster/shared-past.ts';
import { currentEpoch, type EpochHistory } from '../../consistency/epoch.ts';
import type { Shorten } from '../../consistency/token.ts';

/** Shortens positions of the present epoch by what the servers of the cluster share. */
export function shortenBy(database: { readonly cluster: Cluster; readonly epochs: EpochHistory }): Shorten {
  const past = new SharedPast(() => database.cluster.snapshot());
  return ({ position, epoch }) =>
    position === null || epoch !== currentEpoch(database.epochs) ? null : past.shorter(position);
}
