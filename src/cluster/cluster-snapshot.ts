import { currentEpoch } from '../consistency/epoch.ts';
import type { NodeStatus } from './node-status.ts';

/** Immutable picture of all nodes at one moment. Selection reads nothing else. */
export type ClusterSnapshot = readonly NodeStatus[];

export function statusOf(snapshot: ClusterSnapshot, name: string): NodeStatus | undefined {
  return snapshot.find((status) => status.node.name === name);
}

/**
 * The server that takes the writes: writable, seen so, and of the newest epoch that any server has told of. A source that
 * was deposed and returns is writable too, and what it is given would be lost. Configured roles only break a tie.
 */
export function writableSource(snapshot: ClusterSnapshot): NodeStatus | undefined {
  const newest = Math.max(...snapshot.map(epochOf));
  const writable = writableServers(snapshot).filter((status) => epochOf(status) === newest);
  return writable.find((status) => status.node.configuredRole === 'SOURCE') ?? writable[0];
}

/** A server that keeps no record is taken to know of the first epoch. */
function epochOf({ role, report }: NodeStatus): number {
  return role === 'BACKUP' ? 0 : (currentEpoch(report?.epochs ?? []) ?? 1);
}

/** The last server that was seen to take the writes, wherever it is now. */
export function lastSource(snapshot: ClusterSnapshot): NodeStatus | undefined {
  return snapshot.find(({ tookWrites }) => tookWrites);
}

/** The same snapshot when the server that takes the writes is the one that is known to. */
export function withSourceRemembered(snapshot: ClusterSnapshot): ClusterSnapshot {
  const source = writableSource(snapshot);
  if (source === undefined || source.tookWrites) return snapshot;
  return snapshot.map((status) =>
    status === source || status.tookWrites ? { ...status, tookWrites: status === source } : status,
  );
}

/** Servers that would take writes now. More than one is a conflict: only `writableSource` is sent any. */
export function writableServers(snapshot: ClusterSnapshot): readonly NodeStatus[] {
  return snapshot.filter((status) => status.role === 'SOURCE' && isSeen(status) && !status.report?.readOnly);
}

export function replicas(snapshot: ClusterSnapshot): readonly NodeStatus[] {
  return snapshot.filter((status) => status.role === 'REPLICA');
}

export function backups(snapshot: ClusterSnapshot): readonly NodeStatus[] {
  return snapshot.filter((status) => status.role === 'BACKUP');
}

/** Seen, and not known to be down. */
export function isSeen(status: NodeStatus): boolean {
  return status.state === 'HEALTHY' || status.state === 'DEGRADED';
}

/** One node in words, for errors and logs: `replica-1 DOWN (refused the connection)`. */
export function describeStatus(status: NodeStatus): string {
  return `${status.node.name} ${status.state}${status.trouble === null ? '' : ` (${status.trouble})`}`;
}
