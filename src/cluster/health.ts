/**
 * How probes become a node's state. Pure.
 *
 *   UNKNOWN --good probe--> HEALTHY        a node is not used before it was seen
 *   any     --failures >= failureThreshold--> DOWN
 *   any     --a connection is lost--> in doubt: serves on, its position unknown, looked at at once
 *   in doubt --the look fails--> DOWN; --the look is good--> as before
 *   any     --what runs there is not answered, nor a question--> DOWN
 *   DOWN    --recoveryThreshold good probes in a row--> HEALTHY
 *   any     --a good probe shows a replica whose replication has stopped--> DEGRADED
 *   HEALTHY --failureThreshold probes in a row show a replica later than maxLagMs--> DEGRADED; one that is told to stay
 *           behind, later than that. It is well, but serves reads only where a late one would
 *   DEGRADED --recoveryThreshold probes in a row find nothing wrong--> HEALTHY
 *   any     --a good probe of a member that its replication group does not count on--> DEGRADED, and no source: not even
 *           when it is writable, because a member that has lost its group may have been replaced
 *
 *   any     --it answers, and cannot read what it is there to serve--> DEGRADED; serving.ts says what there is
 *   any     --it holds transactions that its source has never had--> DEGRADED; errant-nodes.ts says when it does
 *
 * Servers and proxies close connections that are idle, and people kill them: a lost connection is a question, not an answer.
 * A dead server refuses the next one within a millisecond, and one failed look is enough then. What it had may be gone, so
 * its position is unknown until it has answered.
 * A silent node is DOWN at once, because whoever is sent there waits; the next good probe is enough to end it.
 * Once a probe has failed too, the node has to earn its return. Good and bad in turns change nothing, so nothing flaps.
 * Lag is an estimate in whole seconds that jumps, and has to be seen several times, but not of a node that is new here.
 */
import type { NodeRole } from './node.ts';
import {
  type MemberState,
  type NodeStatus,
  type ProbeReport,
  withPosition,
  withPositionUnknown,
} from './node-status.ts';
import { servingTrouble } from './serving.ts';
import { standingWith } from './standings.ts';

export type HealthPolicy = {
  /** Failed probes in a row before a node is DOWN. */
  readonly failureThreshold: number;
  /** Good probes in a row before a DOWN node serves again. */
  readonly recoveryThreshold: number;
  /** A replica later than this is DEGRADED. */
  readonly maxLagMs: number;
  /** While fewer replicas than this are HEALTHY, the least late ones serve as well. */
  readonly minServingReplicas: number;
};

export function afterGoodProbe(
  status: NodeStatus,
  probed: ProbeReport,
  asOfMs: number,
  policy: HealthPolicy,
  /** All servers, `status` among them. */
  snapshot: readonly NodeStatus[] = [status],
): NodeStatus {
  const { role, report } = standingWith(snapshot, status, probed);
  const base = hasGoneBack(status.report, report) ? withPositionUnknown(status) : status;
  // A look that had begun before the connection was lost tells nothing about afterwards.
  const doubt = status.doubt !== null && asOfMs < status.doubt.sinceMs ? status.doubt : null;
  const suspect = status.report !== null && holdsLess(status.report, report) ? null : status.suspect;
  const seen: NodeStatus = {
    ...(doubt === null ? withPosition(base, report.position) : base),
    role,
    report,
    doubt,
    asOfMs,
    suspect,
    failures: 0,
    successes: status.successes + 1,
    probation: Math.max(0, status.probation - 1),
  };
  // What it says of its replication counts from when it is trusted to be there.
  if (status.state === 'DOWN' && seen.probation > 0) return seen;
  const errant = status.errant.length > 0 ? errantTrouble(status.errant) : null;
  const fault = errant ?? servingTrouble(report.unable) ?? replicationFault(role, report);
  if (fault !== null) return degraded(seen, fault);
  const delayMs = role === 'REPLICA' ? (report.delayMs ?? 0) : 0;
  const lagMs = role === 'REPLICA' ? (report.lagMs ?? 0) : 0;
  if (lagMs > policy.maxLagMs + delayMs) return late(seen, lagMs, policy);
  const well = sound(seen, policy);
  return delayMs > policy.maxLagMs ? { ...well, isLate: true } : well;
}

function late(seen: NodeStatus, lagMs: number, policy: HealthPolicy): NodeStatus {
  const counted = { ...seen, soundLooks: 0, lateLooks: seen.lateLooks + 1 };
  if (seen.state === 'HEALTHY' && counted.lateLooks < policy.failureThreshold) return counted;
  return { ...counted, state: 'DEGRADED', trouble: `is ${lagMs} ms behind`, isLate: true };
}

function sound(seen: NodeStatus, policy: HealthPolicy): NodeStatus {
  const counted = { ...seen, soundLooks: seen.soundLooks + 1, lateLooks: 0 };
  const proving = seen.state === 'DEGRADED' && seen.role === 'REPLICA' && counted.soundLooks < policy.recoveryThreshold;
  if (proving) return { ...counted, state: 'DEGRADED', trouble: 'replicates again, and has to prove it' };
  return { ...counted, state: 'HEALTHY', trouble: null, isLate: false };
}

export function degraded(status: NodeStatus, trouble: string): NodeStatus {
  return { ...status, state: 'DEGRADED', trouble, isLate: false, soundLooks: 0, lateLooks: 0 };
}

const shownErrant = 3;

export function errantTrouble(errant: readonly string[]): string {
  const more = errant.length > shownErrant ? ` and ${errant.length - shownErrant} more` : '';
  return `holds transactions that its source has never had: ${errant.slice(0, shownErrant).join('; ')}${more}`;
}

export function afterFailedProbe(status: NodeStatus, trouble: string, policy: HealthPolicy): NodeStatus {
  const failures = status.failures + 1;
  const down = failures >= policy.failureThreshold || status.state === 'DOWN' || status.doubt !== null;
  return {
    ...status,
    doubt: null,
    state: down ? 'DOWN' : status.state,
    failures,
    successes: 0,
    probation: down ? policy.recoveryThreshold : 0,
    // A node that still serves has no trouble yet; one that was never seen has this one.
    trouble: down || status.state === 'UNKNOWN' ? trouble : status.trouble,
    ...(down && freshStanding),
  };
}

/** How it replicated is forgotten when a node is lost. */
const freshStanding = { soundLooks: 0, lateLooks: 0, isLate: false } as const;

/** A connection to it was lost, which may have been the only one. */
export function inDoubt(status: NodeStatus, trouble: string, nowMs: number): NodeStatus {
  const { state, doubt } = status;
  // One outage is reported by many: each connection that breaks, each statement that was under way.
  if (state === 'DOWN' || state === 'UNKNOWN' || doubt?.sinceMs === nowMs) return withPositionUnknown(status);
  return withPositionUnknown({ ...status, doubt: { sinceMs: nowMs, trouble } });
}

/** Nobody answers there: what is sent there waits. */
export function afterSilence(status: NodeStatus, trouble: string): NodeStatus {
  if (status.state === 'DOWN') return withPositionUnknown(status);
  return withPositionUnknown({
    ...status,
    ...freshStanding,
    state: 'DOWN',
    doubt: null,
    successes: 0,
    probation: 1,
    trouble,
  });
}

/** Whether a node is asked: OPEN not at all, HALF_OPEN it has answered but has to prove itself, CLOSED ordinarily. */
export const breakerStates = ['CLOSED', 'HALF_OPEN', 'OPEN'] as const;
export type BreakerState = (typeof breakerStates)[number];

export function breakerOf({ state, successes }: NodeStatus): BreakerState {
  if (state === 'HEALTHY' || state === 'DEGRADED') return 'CLOSED';
  return state === 'DOWN' && successes > 0 ? 'HALF_OPEN' : 'OPEN';
}

/** True when it should be looked at more often than one that is well. */
export function isInTrouble({ state, failures, lateLooks }: NodeStatus): boolean {
  return state !== 'HEALTHY' || failures > 0 || lateLooks > 0;
}

/** True when nobody has answered at this node for as many probes as it takes: whatever still runs there will not end. */
export function isSilent(status: NodeStatus, policy: HealthPolicy): boolean {
  return status.state === 'DOWN' && status.failures >= policy.failureThreshold;
}

/** Another server answers, or the same one with less than it had: restored, reset, or demoted to a replica. */
function hasGoneBack(before: ProbeReport | null, now: ProbeReport): boolean {
  return before !== null && (before.identity !== now.identity || !now.position.includes(before.position));
}

function holdsLess(before: ProbeReport, now: ProbeReport): boolean {
  const held = ({ position, holds = position }: ProbeReport) => holds;
  if (before.identity !== now.identity || !held(now).includes(held(before))) return true;
  return Object.entries(before.logged ?? {}).some(([server, position]) => !now.logged?.[server]?.includes(position));
}

const memberTrouble: Readonly<Record<Exclude<MemberState, 'ONLINE'>, string>> = {
  RECOVERING: 'is catching up with its group',
  OFFLINE: 'takes no part in its group',
  ERROR: 'was put out of its group',
  NO_MAJORITY: 'cannot reach the majority of its group',
};

function replicationFault(role: NodeRole, report: ProbeReport): string | null {
  if (role !== 'REPLICA') return null;
  if (report.member !== undefined && report.member !== 'ONLINE') return memberTrouble[report.member];
  // Whoever reads the storage that another one writes needs no replication, and one of several primaries shows none.
  const needsNone = sharesStorage(report) || report.member === 'ONLINE';
  if (report.applier === 'NONE') return needsNone ? null : 'replicates from nobody';
  if (report.applier === 'STOPPED') return inBrackets('has stopped applying', report.replicationError);
  if (!report.receiving) return inBrackets('has stopped receiving', report.replicationError);
  return null;
}

const sharesStorage = ({ refusedBy = [] }: ProbeReport): boolean => refusedBy.includes('innodb_read_only');

function inBrackets(trouble: string, error: string | null): string {
  return error === null ? trouble : `${trouble} (${error})`;
}
