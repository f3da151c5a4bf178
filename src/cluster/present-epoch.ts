/**
 * Which servers know the current epoch. Pure.
 *
 * The record of epochs is replicated like everything else. So a server that lacks the newest one either has still to receive it, or
 * continues a history that has ended: a replica of a source that was restored from an older copy, or a source that was replaced. What
 * the latter shows is already reported as lost, and its position proves nothing: by number it includes what the new history has
 * written since.
 */
import { type ClusterSnapshot, writableSource } from './cluster-snapshot.ts';
import { epochOf, firstEpoch } from './heard-epoch.ts';
import type { NodeStatus } from './node-status.ts';

/** Infinity, which no server knows, while the record of the source cannot be read and was never read before. */
export function presentEpoch(snapshot: ClusterSnapshot): number {
  const source = writableSource(snapshot)?.report;
  if (source != null && source.epochs === null && source.epochsUnread !== undefined) return Number.POSITIVE_INFINITY;
  return snapshot.reduce((newest, status) => Math.max(newest, heardBy(status)), firstEpoch);
}

export function isOfEpoch(status: NodeStatus, epoch: number): boolean {
  return heardBy(status) >= epoch;
}

/** Seen without the newest epoch: probed again soon, because sessions cannot use it until it has it. */
export function isBehindEpoch(status: NodeStatus, snapshot: ClusterSnapshot): boolean {
  return status.report !== null && status.role !== 'BACKUP' && !isOfEpoch(status, presentEpoch(snapshot));
}

/** A backup's record is that of its own copy. */
const heardBy = ({ report, role }: NodeStatus): number => epochOf(role === 'BACKUP' ? null : report);
