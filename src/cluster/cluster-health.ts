/**
 * The cluster as people and their monitoring see it: what is known of each node, and what that means for reads and writes.
 * A server that does not answer says nothing: what it said last may be wrong by now, so it is left out rather than shown.
 *
 *   HEALTHY    every node is, there is a source, and nothing is found wrong that degrades the whole
 *   DEGRADED   something is missing or set up so that a promise is not kept by all, orders are read and written all the same
 *   DOWN       nobody takes orders, or nobody answers reads
 */
import type { Position } from '../consistency/position.ts';
import type { ApplierState } from './channel.ts';
import { type ClusterSnapshot, canServe, isSeen, takesOrders, writableSource } from './cluster-snapshot.ts';
import { guaranteesOf, type NodeGuarantee } from './guarantees.ts';
import type { NodeRole } from './node.ts';
import type { NodeState, NodeStatus } from './node-status.ts';
import { degrades, type Problem } from './problem.ts';
import { findProblems } from './problems/find-problems.ts';

export const clusterVerdicts = ['HEALTHY', 'DEGRADED', 'DOWN'] as const;
export type ClusterVerdict = (typeof clusterVerdicts)[number];

/** One node without address or account: fit to be shown. `null` is unknown, or means nothing for its role. */
export type NodeHealth = {
  readonly name: string;
  readonly state: NodeState;
  /** As the server says; `null` while it does not answer. */
  readonly role: NodeRole | null;
  readonly configuredRole: NodeRole;
  /** In the server's own words, on one line. */
  readonly position: string | null;
  /** The replica's own estimate, in whole seconds. */
  readonly lagMs: number | null;
  /** How long it stays behind on purpose; 0 is not at all. */
  readonly delayMs: number | null;
  /** Transactions of the source that the replica lacked when both were looked at last. */
  readonly lagTransactions: number | null;
  readonly applier: ApplierState | null;
  /** Why the node is not HEALTHY, in words. */
  readonly trouble: string | null;
  /** Since the last answer that the server is known to have given. */
  readonly ageMs: number | null;
};

export type ClusterHealth = {
  readonly verdict: ClusterVerdict;
  /** Some server answers reads. */
  readonly reads: boolean;
  /** Some server takes writes, and nothing is known to keep orders from being written there. */
  readonly writes: boolean;
  /** Name of the server that takes the writes. */
  readonly source: string | null;
  readonly nodes: readonly NodeHealth[];
  /** What is wrong with how the servers are set up, and how it is mended. */
  readonly problems: readonly Problem[];
  readonly guarantees: readonly NodeGuarantee[];
};

/** `nowMs` is a reading of the monotonic clock that the snapshot was made with. */
export function clusterHealth(snapshot: ClusterSnapshot, nowMs: number): ClusterHealth {
  const source = writableSource(snapshot);
  const reads = snapshot.some((status) => status.node.configuredRole !== 'BACKUP' && canServe(status));
  const writes = source !== undefined && takesOrders(source);
  const problems = findProblems(snapshot);
  const whole = snapshot.every(({ state }) => state === 'HEALTHY') && !problems.some(degrades);
  return {
    verdict: !reads || !writes ? 'DOWN' : whole ? 'HEALTHY' : 'DEGRADED',
    reads,
    writes,
    source: source?.node.name ?? null,
    nodes: snapshot.map((status) => nodeHealth(status, source, nowMs)),
    problems,
    guarantees: guaranteesOf(snapshot),
  };
}

/** With what is wrong beside the servers. */
export function withProblems(health: ClusterHealth, more: readonly Problem[]): ClusterHealth {
  const verdict = health.verdict === 'HEALTHY' && more.some(degrades) ? 'DEGRADED' : health.verdict;
  return more.length === 0 ? health : { ...health, verdict, problems: [...health.problems, ...more] };
}

function nodeHealth(status: NodeStatus, source: NodeStatus | undefined, nowMs: number): NodeHealth {
  const { node, state, role, report, position, asOfMs, trouble } = status;
  const seen = isSeen(status);
  const replicates = seen && role === 'REPLICA';
  return {
    name: node.name,
    state,
    role: seen ? role : null,
    configuredRole: node.configuredRole,
    position: seen && position !== null ? position.line() : null,
    lagMs: replicates ? (report?.lagMs ?? null) : null,
    delayMs: replicates ? (report?.delayMs ?? 0) : null,
    lagTransactions: replicates ? lagTransactions(source?.position ?? null, position) : null,
    applier: replicates ? (report?.applier ?? null) : null,
    trouble,
    ageMs: asOfMs === null ? null : Math.max(0, Math.round(nowMs - asOfMs)),
  };
}

function lagTransactions(ahead: Position | null, behind: Position | null): number | null {
  if (ahead === null || behind === null || ahead.flavour !== behind.flavour) return null;
  return Number(ahead.countMissingIn(behind));
}
