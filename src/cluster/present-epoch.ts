/**
 * Which servers have heard of the epoch that the cluster is in. Pure.
 *
 * The record of epochs is replicated with everything else, so who lacks the newest one either has still to receive it, or
 * goes on in a history that has ended: a replica of a source that was restored from an older copy, or a source that was
 * replaced. What the latter shows is told as lost already, and its position proves nothing: by number it includes what the
 * new history has written since.
 */
import type { ClusterSnapshot } from './cluster-snapshot.ts';
import { epochOf, firstEpoch } from './heard-epoch.ts';
import type { NodeStatus } from './node-status.ts';

export function presentEpoch(snapshot: ClusterSnapshot): number {
  return snapshot.reduce((newest, status) => Math.max(newest, heardBy(status)), firstEpoch);
}

export function isOfEpoch(status: NodeStatus, epoch: number): boolean {
  return heardBy(status) >= epoch;
}

/** Seen without the newest epoch: looked at again soon, because it is of no use to a session until it has it. */
export function isBehindEpoch(status: NodeStatus, snapshot: ClusterSnapshot): boolean {
  return status.report !== null && status.role !== 'BACKUP' && !isOfEpoch(status, presentEpoch(snapshot));
}

/** A backup's record is that of its own copy. */
const heardBy = ({ report, role }: NodeStatus): number => epochOf(role === 'BACKUP' ? null : report);
