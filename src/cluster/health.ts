/**
 * Derives a node's state from its probes. Pure.
 *
 *   UNKNOWN --good probe--> HEALTHY        a node is not used before it was seen
 *   any     --failures >= failureThreshold--> DOWN
 *   any     --a connection is lost--> in doubt: still in service, position unknown, probed at once
 *   in doubt --the probe fails--> DOWN; --the probe is good--> as before
 *   any     --work gets no answer, nor does a question--> DOWN
 *   DOWN    --recoveryThreshold good probes in a row--> HEALTHY
 *   any     --a good probe shows a replica whose replication has stopped--> DEGRADED
 *   HEALTHY --failureThreshold probes in a row show a replica later than maxLagMs--> DEGRADED; with a configured delay, later
 *           than both together. It is healthy otherwise, but serves reads only where a late replica would
 *   DEGRADED --recoveryThreshold probes in a row find nothing wrong--> HEALTHY
 *   any     --a good probe of a member that its replication group does not count on--> DEGRADED, and no source: not even
 *           if it is writable, because a member that has lost its group may have been replaced
 *
 *   any     --it answers, and cannot read what it should serve--> DEGRADED; see serving.ts
 *   any     --it repeatedly refuses reads--> DEGRADED, until a trial is answered; see read-refusals.ts
 *   any     --it holds transactions that its source has never had--> DEGRADED; see errant-nodes.ts
 *
 * Servers and proxies close idle connections, and operators kill them: a lost connection is a question, not an answer. A dead server
 * refuses the next connection within a millisecond, and then one failed probe is enough. Its data may be gone, so its position is
 * unknown until it has answered.
 * A silent node is DOWN at once, because requests sent there would wait; the next good probe is enough to end it.
 * Once a probe has failed too, the node is on probation. Alternating good and bad probes change nothing, so nothing flaps.
 * Lag is an estimate in whole seconds that jumps, so it must be seen several times, except on a node that is new here.
 */
import type { NodeRole } from './node.ts';
import {
  type MemberState,
  type NodeStatus,
  type ProbeReport,
  withPosition,
  withPositionUnknown,
} from './node-status.ts';
import { type Refusing, refusalTrouble } from './read-refusals.ts';
import { servingTrouble } from './serving.ts';
import { standingWith } from './standings.ts';

export type HealthPolicy = {
  /** Consecutive failed probes before a node is DOWN. */
  readonly failureThreshold: number;
  /** Consecutive good probes before a DOWN node serves again. */
  readonly recoveryThreshold: number;
  /** A replica later than this is DEGRADED. */
  readonly maxLagMs: number;
  /** If fewer replicas than this are HEALTHY, the least late ones serve as well. */
  readonly minServingReplicas: number;
};

export function afterGoodProbe(
  status: NodeStatus,
  probed: ProbeReport,
  asOfMs: number,
  policy: HealthPolicy,
  /** All servers, including `status`. */
  snapshot: readonly NodeStatus[] = [status],
): NodeStatus {
  const { role, report } = standingWith(snapshot, status, probed);
  const base = hasGoneBack(status.report, report) ? withPositionUnknown(status) : status;
  // A probe that began before the connection was lost says nothing about the time afterwards.
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
  // Its replication state counts only after its probation.
  if (status.state === 'DOWN' && seen.probation > 0) return seen;
  const errant = status.errant.length > 0 ? errantTrouble(status.errant) : null;
  const fault =
    errant ?? servingTrouble(report.unable) ?? refusalTrouble(status.refusing) ?? replicationFault(role, report);
  if (fault !== null) return degraded(seen, fault);
  const delayMs = role === 'REPLICA' ? (report.delayMs ?? 0) : 0;
  const lagMs = role === 'REPLICA' ? (report.lagMs ?? 0) : 0;
  if (lagMs > policy.maxLagMs + delayMs) return late(seen, lagMs, policy);
  const well = sound(seen, policy);
  return delayMs > policy.maxLagMs ? { ...well, isLate: true } : well;
}

function late(seen: NodeStatus, lagMs: number, policy: HealthPolicy): NodeStatus {
  const counted = { ...seen, soundProbes: 0, lateProbes: seen.lateProbes + 1 };
  if (seen.state === 'HEALTHY' && counted.lateProbes < policy.failureThreshold) return counted;
  return { ...counted, state: 'DEGRADED', trouble: `is ${lagMs} ms behind`, isLate: true };
}

function sound(seen: NodeStatus, policy: HealthPolicy): NodeStatus {
  const counted = { ...seen, soundProbes: seen.soundProbes + 1, lateProbes: 0 };
  const proving =
    seen.state === 'DEGRADED' && seen.role === 'REPLICA' && counted.soundProbes < policy.recoveryThreshold;
  if (proving) return { ...counted, state: 'DEGRADED', trouble: 'replicates again, and is on probation' };
  return { ...counted, state: 'HEALTHY', trouble: null, isLate: false };
}

/** What `refusing` says counts at once, and no longer counts only with the next good probe. */
export function afterRefusals(status: NodeStatus, refusing: Refusing | null): NodeStatus {
  const trouble = refusalTrouble(refusing);
  const counted = { ...status, refusing };
  return trouble === null || status.state !== 'HEALTHY' ? counted : degraded(counted, trouble);
}

export function degraded(status: NodeStatus, trouble: string): NodeStatus {
  return { ...status, state: 'DEGRADED', trouble, isLate: false, soundProbes: 0, lateProbes: 0 };
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
    // A node still in service has no trouble yet; one that was never seen has this one.
    trouble: down || status.state === 'UNKNOWN' ? trouble : status.trouble,
    ...(down && freshStanding),
  };
}

/** Replication state is discarded when a node is lost. */
const freshStanding = { soundProbes: 0, lateProbes: 0, isLate: false } as const;

/** A connection to it was lost, which may be the only one affected. */
export function inDoubt(status: NodeStatus, trouble: string, nowMs: number): NodeStatus {
  const { state, doubt } = status;
  // One outage is reported many times: by each broken connection, and each running statement.
  if (state === 'DOWN' || state === 'UNKNOWN' || doubt?.sinceMs === nowMs) return withPositionUnknown(status);
  return withPositionUnknown({ ...status, doubt: { sinceMs: nowMs, trouble } });
}

/** The node is silent: requests sent there would wait. */
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

/** Circuit breaker: OPEN out of service, HALF_OPEN on probation, CLOSED in service. */
export const breakerStates = ['CLOSED', 'HALF_OPEN', 'OPEN'] as const;
export type BreakerState = (typeof breakerStates)[number];

export function breakerOf({ state, successes }: NodeStatus): BreakerState {
  if (state === 'HEALTHY' || state === 'DEGRADED') return 'CLOSED';
  return state === 'DOWN' && successes > 0 ? 'HALF_OPEN' : 'OPEN';
}

/** True if it should be probed more often than a healthy one. */
export function isInTrouble({ state, failures, lateProbes }: NodeStatus): boolean {
  return state !== 'HEALTHY' || failures > 0 || lateProbes > 0;
}

/** True after enough probes without an answer: work that still runs there will not end. */
export function isSilent(status: NodeStatus, policy: HealthPolicy): boolean {
  return status.state === 'DOWN' && status.failures >= policy.failureThreshold;
}

/** Another server answers, or the same one with less data: restored, reset, or demoted to a replica. */
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
  OFFLINE: 'is offline in its group',
  ERROR: 'was expelled from its group',
  NO_MAJORITY: 'cannot reach the majority of its group',
};

function replicationFault(role: NodeRole, report: ProbeReport): string | null {
  if (role !== 'REPLICA') return null;
  if (report.member !== undefined && report.member !== 'ONLINE') return memberTrouble[report.member];
  // A server on shared storage needs no replication, and one of several primaries shows none.
  const needsNone = sharesStorage(report) || report.member === 'ONLINE';
  if (report.applier === 'NONE') return needsNone ? null : 'is not a replica of any server';
  if (report.applier === 'STOPPED') return inBrackets('has stopped applying', report.replicationError);
  if (!report.receiving) return inBrackets('has stopped receiving', report.replicationError);
  return null;
}

const sharesStorage = ({ refusedBy = [] }: ProbeReport): boolean => refusedBy.includes('innodb_read_only');

function inBrackets(trouble: string, error: string | null): string {
  return error === null ? trouble : `${trouble} (${error})`;
}
