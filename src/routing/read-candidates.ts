/** Which nodes may serve a read in the cluster's current state. Pure. */
import {
  backups,
  type ClusterSnapshot,
  isAble,
  isBlind,
  isSeen,
  replicas,
  writableSource,
} from '../cluster/cluster-snapshot.ts';
import type { NodeStatus } from '../cluster/node-status.ts';
import { isBehindEpoch, isOfEpoch, presentEpoch } from '../cluster/present-epoch.ts';
import type { RouteReason } from './route-decision.ts';
import type { RoutedRead } from './route-request.ts';
import { eligibleReplicas } from './select-node.ts';

/** Whether a node's position will be compared, now or by a later read. */
export function asksPositions({ position, maxStalenessMs, observes }: RoutedRead): boolean {
  return position !== null || maxStalenessMs !== null || observes;
}

/** Replicas that may answer once they are fresh enough. */
export function candidates(
  snapshot: ClusterSnapshot,
  request: RoutedRead,
  minServingReplicas: number,
): readonly NodeStatus[] {
  const eligible = eligibleReplicas(snapshot, request.excluded, minServingReplicas);
  if (!asksPositions(request)) return eligible;
  const epoch = presentEpoch(snapshot);
  return eligible.filter((status) => status.blind === null && isOfEpoch(status, epoch));
}

/**
 * A late replica stays late for longer than a read waits, and one without replication never reports its position; they are only
 * waited for if there is no other node to ask.
 */
export function worthWaitingFor(
  snapshot: ClusterSnapshot,
  eligible: readonly NodeStatus[],
  { whenBehind }: RoutedRead,
): readonly NodeStatus[] {
  const alone = whenBehind === 'FAIL' || writableSource(snapshot) === undefined;
  return alone ? eligible : eligible.filter(({ isLate, report }) => !isLate && isFed(report));
}

export function usableSource(snapshot: ClusterSnapshot, { excluded }: RoutedRead): NodeStatus | undefined {
  const source = writableSource(snapshot);
  return source === undefined || !isAble(source) || excluded.has(source.node.name) ? undefined : source;
}

/** Only reads that no replica can serve in time are sent to a source that repeatedly refuses reads. */
export const refusesReads = (snapshot: ClusterSnapshot): boolean => writableSource(snapshot)?.refusing != null;

/**
 * A read of everything that the source has, once the source refuses it: a replica may serve it that includes the source's position of
 * this moment. `null` where the source does not refuse it, or positions say nothing.
 */
export function aroundRefusingSource(snapshot: ClusterSnapshot, request: RoutedRead): RoutedRead | null {
  const source = writableSource(snapshot);
  if (source === undefined || isBlind(snapshot)) return null;
  const isRefused = source.refusing !== null || request.excluded.has(source.node.name);
  return isRefused ? { ...request, sourceOnly: null, whenBehind: 'WAIT', maxStalenessMs: 0 } : null;
}

/** No node can serve it now, and one that does not know the epoch yet may be its source, or have replicated it. */
export function isBetweenEpochs(snapshot: ClusterSnapshot, request: RoutedRead, minServingReplicas: number): boolean {
  if (candidates(snapshot, request, minServingReplicas).length > 0) return false;
  if (usableSource(snapshot, request) !== undefined) return false;
  return snapshot.some((status) => isSeen(status) && isBehindEpoch(status, snapshot));
}

export function whyNoReplica(snapshot: ClusterSnapshot): RouteReason {
  const configured = snapshot.some(({ node }) => node.configuredRole === 'REPLICA');
  return configured ? 'source-no-replica' : 'source-alone';
}

/** Replicas that answer, however late. */
export const answeringReplicas = (snapshot: ClusterSnapshot, request: RoutedRead): readonly NodeStatus[] =>
  replicas(snapshot).filter(isAnswering(request));

export const answeringBackups = (snapshot: ClusterSnapshot, request: RoutedRead): readonly NodeStatus[] =>
  backups(snapshot).filter(isAnswering(request));

const isAnswering =
  ({ excluded }: RoutedRead) =>
  (status: NodeStatus): boolean =>
    isSeen(status) && isAble(status) && !excluded.has(status.node.name);

/** It will catch up without help: it replicates, or is one of a group's primaries. */
function isFed(report: NodeStatus['report']): boolean {
  return report?.applier !== 'NONE' || report.member === 'ONLINE';
}
