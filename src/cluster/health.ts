/**
 * How probes become a node's state. Pure.
 *
 *   UNKNOWN --good probe--> HEALTHY        a node is not used before it was seen
 *   any     --failures >= failureThreshold--> DOWN
 *   any     --an open connection is lost--> DOWN
 *   DOWN    --successes >= recoveryThreshold--> HEALTHY
 *   a good probe that shows a replica whose replication has stopped, or that is later than maxLagMs --> DEGRADED
 *   a good probe of a member that its replication group does not count on --> DEGRADED, and no source: not even when it
 *   is writable, because a member that has lost its group may have been replaced
 *
 * A lost connection makes the node DOWN at once, because asking a dead node costs a request. It may have been that one
 * connection only, and the source has no stand-in: so the next good probe, which is made at once, is enough to end it.
 * Once a probe has failed too, the node has to earn its return.
 */
import type { NodeRole } from './node.ts';
import type { MemberState, NodeState, NodeStatus, ProbeReport } from './node-status.ts';
import { withPosition, withPositionUnknown } from './node-status.ts';

export type HealthPolicy = {
  /** Failed probes in a row before a node is DOWN. */
  readonly failureThreshold: number;
  /** Good probes in a row before a DOWN node serves again. */
  readonly recoveryThreshold: number;
  /** A replica later than this serves no reads. */
  readonly maxLagMs: number;
};

export function afterGoodProbe(
  status: NodeStatus,
  report: ProbeReport,
  asOfMs: number,
  policy: HealthPolicy,
): NodeStatus {
  const successes = status.successes + 1;
  const recovering = status.state === 'DOWN' && successes < policy.recoveryThreshold;
  const base = hasGoneBack(status.report, report) ? withPositionUnknown(status) : status;
  const role = roleOf(status, report);
  const trouble = recovering ? status.trouble : replicationTrouble(role, report, policy);
  const state: NodeState = recovering ? 'DOWN' : trouble === null ? 'HEALTHY' : 'DEGRADED';
  return { ...withPosition(base, report.position), state, role, report, asOfMs, failures: 0, successes, trouble };
}

export function afterFailedProbe(status: NodeStatus, trouble: string, policy: HealthPolicy): NodeStatus {
  const failures = status.failures + 1;
  const down = failures >= policy.failureThreshold || status.state === 'DOWN';
  return {
    ...status,
    state: down ? 'DOWN' : status.state,
    failures,
    successes: 0,
    // A node that still serves has no trouble yet; one that was never seen has this one.
    trouble: down || status.state === 'UNKNOWN' ? trouble : status.trouble,
  };
}

export function afterLostConnection(status: NodeStatus, trouble: string, policy: HealthPolicy): NodeStatus {
  // One outage is reported by many: each connection that breaks, each statement that was under way.
  if (status.state === 'DOWN') return withPositionUnknown(status);
  return withPositionUnknown({ ...status, state: 'DOWN', successes: policy.recoveryThreshold - 1, trouble });
}

/** True when nobody has answered at this node for as many probes as it takes: whatever still runs there will not end. */
export function isSilent(status: NodeStatus, policy: HealthPolicy): boolean {
  return status.state === 'DOWN' && status.failures >= policy.failureThreshold;
}

/** Another server answers, or the same one with less than it had: restored, reset, or demoted to a replica. */
function hasGoneBack(before: ProbeReport | null, now: ProbeReport): boolean {
  return before !== null && (before.identity !== now.identity || !now.position.includes(before.position));
}

/** The writable server is the source whatever it was configured as; a backup stays one. */
function roleOf(status: NodeStatus, report: ProbeReport): NodeRole {
  if (status.node.configuredRole === 'BACKUP') return 'BACKUP';
  const takesWrites = report.member === undefined || report.member === 'ONLINE';
  return report.readOnly || report.applier !== 'NONE' || !takesWrites ? 'REPLICA' : 'SOURCE';
}

const memberTrouble: Readonly<Record<Exclude<MemberState, 'ONLINE'>, string>> = {
  RECOVERING: 'is catching up with its group',
  OFFLINE: 'takes no part in its group',
  ERROR: 'was put out of its group',
  NO_MAJORITY: 'cannot reach the majority of its group',
};

function replicationTrouble(role: NodeRole, report: ProbeReport, policy: HealthPolicy): string | null {
  if (role !== 'REPLICA') return null;
  if (report.member !== undefined && report.member !== 'ONLINE') return memberTrouble[report.member];
  if (report.applier === 'NONE') return 'replicates from nobody';
  if (report.applier === 'STOPPED') return inBrackets('has stopped applying', report.replicationError);
  if (!report.receiving) return inBrackets('has stopped receiving', report.replicationError);
  if (report.lagMs !== null && report.lagMs > policy.maxLagMs) return `is ${report.lagMs} ms behind`;
  return null;
}

function inBrackets(trouble: string, error: string | null): string {
  return error === null ? trouble : `${trouble} (${error})`;
}
