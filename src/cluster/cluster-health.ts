/**
 * The state of the cluster for people and monitoring: what is known of each node, and what that means for reads and writes. The last
 * values of a server that does not answer may be outdated, so they are left out.
 *
 *   HEALTHY    every node is, there is a source, and no problem degrades the cluster
 *   DEGRADED   something is missing, or configured so that a guarantee does not hold, but orders can be read and written
 *   DOWN       no server accepts orders, or none answers reads
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

/** One node without address or account, which may be shown. `null` is unknown, or not applicable to its role. */
export type NodeHealth = {
  readonly name: string;
  readonly state: NodeState;
  /** As the server reports it; `null` while it does not answer. */
  readonly role: NodeRole | null;
  readonly configuredRole: NodeRole;
  /** In the server's own format, on one line. */
  readonly position: string | null;
  /** The replica's own estimate, in whole seconds. */
  readonly lagMs: number | null;
  /** Configured delay; 0 is none. */
  readonly delayMs: number | null;
  /** Transactions of the source that the replica lacked when both were last probed. */
  readonly lagTransactions: number | null;
  readonly applier: ApplierState | null;
  /** Why the node is not HEALTHY, as text. */
  readonly trouble: string | null;
  /** Time since the last known answer of the server. */
  readonly ageMs: number | null;
};

export type ClusterHealth = {
  readonly verdict: ClusterVerdict;
  /** Some server answers reads. */
  readonly reads: boolean;
  /** Some server accepts writes, and nothing is known that would keep orders from being written there. */
  readonly writes: boolean;
  /** Name of the server that accepts writes. */
  readonly source: string | null;
  readonly nodes: readonly NodeHealth[];
  /** Problems of the servers' configuration, with their remedies. */
  readonly problems: readonly Problem[];
  readonly guarantees: readonly NodeGuarantee[];
};

/** `nowMs` is a reading of the monotonic clock of the snapshot. */
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

/** With problems other than those of the servers. */
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
