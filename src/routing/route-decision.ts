import type { NodeRole } from '../cluster/node.ts';

/** Why a node was chosen. A closed list: logs, metrics and clients may rely on the words. */
export const routeReasons = {
  'write-operation': 'mutations run on the source',
  'strong-read': 'the level STRONG reads from the source',
  'position-unknown': 'only the source is certain to have what the session has seen',
  'any-replica': 'nothing was required, the least busy replica serves',
  'replica-caught-up': 'the replica was known to include the required position',
  'replica-after-wait': 'the replica reached the required position while the request waited',
  'source-after-wait': 'no replica reached the required position in time',
  'source-bypass': 'no replica was known to include the required position, and the request did not allow waiting',
  'source-no-replica': 'no replica is eligible',
  'source-alone': 'the cluster has no replicas',
  'cache-hit': 'the cache held an answer of that node that includes the required position; no node was queried',
  'backup-last-resort': 'no other server answers, and the request requires nothing that the backup might lack',
} as const;
export type RouteReason = keyof typeof routeReasons;

export type RouteDecision = {
  readonly node: string;
  readonly role: NodeRole;
  readonly reason: RouteReason;
  /** Milliseconds that the request waited for a replica. */
  readonly waitedMs: number;
};

/** A decision whose operation counts as running on its node until `end` is called. */
export type Route = { readonly decision: RouteDecision; readonly end: () => void };

/** The source serves because no replica can: such reads share a budget. */
export const sourceFallbacks: ReadonlySet<RouteReason> = new Set([
  'source-after-wait',
  'source-bypass',
  'source-no-replica',
] as const);
