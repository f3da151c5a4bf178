/** Queries of the rules on a snapshot: only servers that answer now, because earlier values may have changed. */
import { type ClusterSnapshot, isSeen, writableSource } from '../cluster-snapshot.ts';
import type { NodeStatus } from '../node-status.ts';
import type { ReplicationChannel } from '../server-settings.ts';

/** Servers that replicate and serve reads: neither the source nor the backup. */
export function seenReplicas(snapshot: ClusterSnapshot): readonly NodeStatus[] {
  const source = writableSource(snapshot);
  return snapshot.filter((status) => status !== source && status.role === 'REPLICA' && isSeen(status));
}

export type FollowedChannel = { readonly status: NodeStatus; readonly channel: ReplicationChannel };

export function seenChannels(snapshot: ClusterSnapshot): readonly FollowedChannel[] {
  return seenReplicas(snapshot).flatMap((status) =>
    (status.report?.settings?.channels ?? []).map((channel) => ({ status, channel })),
  );
}

/** `undefined` if unknown. */
export function variableOf({ report }: NodeStatus, name: string): string | undefined {
  return report?.settings?.variables[name];
}

export function isOff(value: string | undefined): boolean {
  return value === '0' || value === 'OFF';
}
