import type { NodeRole } from '../cluster/node.ts';

/** Why a node was chosen. A closed list: logs, metrics and clients may rely on the words. */
export const routeReasons = {
  'write-operation': 'mutations run on the source',
  'strong-read': 'the level STRONG reads from the source',
  'position-unknown': 'what the session has seen is only surely on the source',
  'any-replica': 'nothing was asked for, the least busy replica serves',
  'replica-caught-up': 'the replica was known to include what was asked for',
  'replica-after-wait': 'the replica reached what was asked for while the request waited',
  'source-after-wait': 'no replica got there in time',
  'source-bypass': 'no replica was known to be there, and the request did not want to wait',
  'source-no-replica': 'no replica is eligible',
  'source-alone': 'the cluster has no replicas',
  'cache-hit': 'the cache held an answer of that node which includes what was asked for; no node was asked',
  'backup-last-resort': 'no other server answers, and the request carries no past that the backup might lack',
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

/** The source serves because no replica would do: such reads share a budget. */
export const sourceFallbacks: ReadonlySet<RouteReason> = new Set([
  'source-after-wait',
  'source-bypass',
  'source-no-replica',
] as const);
