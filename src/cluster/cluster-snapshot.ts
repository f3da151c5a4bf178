import type { NodeStatus } from './node-status.ts';

/** Immutable picture of all nodes at one moment. Selection reads nothing else. */
export type ClusterSnapshot = readonly NodeStatus[];

export function statusOf(snapshot: ClusterSnapshot, name: string): NodeStatus | undefined {
  return snapshot.find((status) => status.node.name === name);
}

/** The server that takes the writes: writable, and seen so. Configured roles only break a tie. */
export function writableSource(snapshot: ClusterSnapshot): NodeStatus | undefined {
  const writable = snapshot.filter((status) => status.role === 'SOURCE' && isSeen(status) && !status.report?.readOnly);
  return writable.find((status) => status.node.configuredRole === 'SOURCE') ?? writable[0];
}

export function replicas(snapshot: ClusterSnapshot): readonly NodeStatus[] {
  return snapshot.filter((status) => status.role === 'REPLICA');
}

/** Seen, and not known to be down. */
export function isSeen(status: NodeStatus): boolean {
  return status.state === 'HEALTHY' || status.state === 'DEGRADED';
}

/** One node in words, for errors and logs: `replica-1 DOWN (refused the connection)`. */
export function describeStatus(status: NodeStatus): string {
  return `${status.node.name} ${status.state}${status.trouble === null ? '' : ` (${status.trouble})`}`;
}
