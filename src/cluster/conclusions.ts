/** What follows from the state of all nodes together. Pure. */
import { judgeBlind } from './blind-nodes.ts';
import { type ClusterSnapshot, withSourceRemembered } from './cluster-snapshot.ts';
import { judgeErrant } from './errant-nodes.ts';
import type { NodeStatus } from './node-status.ts';
import { isBehindEpoch, presentEpoch } from './present-epoch.ts';
import { withRoles } from './standings.ts';

export type Conclusions = {
  readonly snapshot: ClusterSnapshot;
  /** Names of nodes to probe now: their part has changed, or is in doubt. */
  readonly probe: readonly string[];
};

/** Positions grow with every request: nothing follows from them alone. */
export const isEventful = (before: NodeStatus, after: NodeStatus): boolean =>
  before.state !== after.state || before.report !== after.report || before.failures !== after.failures;

/** `changed`: the node whose state is new in `statuses`; `earlier`: what was concluded before. */
export function concludeFrom(
  statuses: ClusterSnapshot,
  { changed, earlier }: { readonly changed: string; readonly earlier: ClusterSnapshot },
): Conclusions {
  const roles = withRoles(statuses);
  const errant = judgeErrant(withSourceRemembered(roles.snapshot));
  const snapshot = judgeBlind(errant.snapshot);
  const ofRoles = roles.changed.filter((name) => name !== changed);
  return { snapshot, probe: [...errant.probe, ...ofRoles, ...lackingNewEpoch(earlier, snapshot)] };
}

/** When an epoch is heard of: those that have perhaps received it as well. */
function lackingNewEpoch(earlier: ClusterSnapshot, snapshot: ClusterSnapshot): readonly string[] {
  if (presentEpoch(snapshot) === presentEpoch(earlier)) return [];
  return snapshot.filter((one) => isBehindEpoch(one, snapshot)).map(({ node }) => node.name);
}
