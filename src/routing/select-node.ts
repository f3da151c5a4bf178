/**
 * Which node serves this read. Pure: from a snapshot and a request to candidates, best first.
 *
 *   eligible    a replica that is healthy enough (serving-replicas.ts) and has not failed this operation already
 *   fresh       eligible and known to include the required position; unknown is not fresh
 *   best        lowest priority number first; within one priority the fewest requests in flight relative to its weight;
 *               ties are broken randomly, so that many API processes do not all pick the same node
 */
import type { ClusterSnapshot } from '../cluster/cluster-snapshot.ts';
import type { NodeStatus } from '../cluster/node-status.ts';
import { servingReplicas } from '../cluster/serving-replicas.ts';
import type { Position } from '../consistency/position.ts';

/** Requests in flight per node name. */
export type InFlight = { of(nodeName: string): number };

/** `floor` is the minimum number of serving replicas, late or not. */
export function eligibleReplicas(
  snapshot: ClusterSnapshot,
  excluded: ReadonlySet<string>,
  floor = 0,
): readonly NodeStatus[] {
  return servingReplicas(snapshot, floor, excluded);
}

export function freshReplicas(eligible: readonly NodeStatus[], required: Position | null): readonly NodeStatus[] {
  if (required === null) return eligible;
  return eligible.filter((status) => status.position?.includes(required) ?? false);
}

export function pickBest(
  candidates: readonly NodeStatus[],
  inFlight: InFlight,
  random: () => number,
): NodeStatus | undefined {
  let best: NodeStatus | undefined;
  let ties = 0;
  for (const candidate of candidates) {
    const rank = best === undefined ? -1 : compare(candidate, best, inFlight);
    if (rank < 0) {
      best = candidate;
      ties = 1;
    } else if (rank === 0) {
      ties += 1;
      if (random() < 1 / ties) best = candidate;
    }
  }
  return best;
}

function compare(a: NodeStatus, b: NodeStatus, inFlight: InFlight): number {
  if (a.node.priority !== b.node.priority) return a.node.priority - b.node.priority;
  return load(a, inFlight) - load(b, inFlight);
}

function load(status: NodeStatus, inFlight: InFlight): number {
  return inFlight.of(status.node.name) / status.node.weight;
}
