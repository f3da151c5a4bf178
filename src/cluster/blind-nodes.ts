/**
 * Which servers are blind: their positions do not say what they have. Pure. Reads that must include a certain write are not sent to
 * such a replica, and while the source is blind to no replica at all: a position without information must never count as reached.
 *
 * A lost server keeps its verdict until it answers again. A source that has begun to number transactions is trusted from its first
 * numbered transaction on (problems/gtid-mode.ts), so its last position without numbers is kept.
 */
import { type ClusterSnapshot, isSeen } from './cluster-snapshot.ts';
import type { NodeStatus } from './node-status.ts';
import { blinds, type ProblemCode } from './problem.ts';
import { findProblems } from './problems/find-problems.ts';

/** The same snapshot if nothing has changed. */
export function judgeBlind(snapshot: ClusterSnapshot): ClusterSnapshot {
  const problems = findProblems(snapshot).filter(blinds);
  const judged = snapshot.map((status) => {
    if (!isSeen(status)) return status;
    const codes = problems.filter(({ node }) => node === status.node.name).map(({ code }) => code);
    return judgeOne(status, codes);
  });
  return judged.some((status, index) => status !== snapshot[index]) ? judged : snapshot;
}

/** The source has just committed something without a number, or not to its log. */
export function foundUntold(status: NodeStatus, why: 'UNNUMBERED' | 'UNLOGGED'): NodeStatus {
  const { report, blind, unlogged, unnumberedUntil } = status;
  if (why === 'UNLOGGED')
    return unlogged ? status : { ...status, blind: blind ?? 'SESSIONS_NOT_LOGGED', unlogged: true };
  if (blind !== null && unnumberedUntil !== null) return status;
  return { ...status, blind: blind ?? 'GTID_MODE_OFF', unnumberedUntil: report?.position ?? null };
}

function judgeOne(status: NodeStatus, codes: readonly ProblemCode[]): NodeStatus {
  const [blind = null] = codes;
  const unnumbered = codes.includes('GTID_MODE_OFF');
  const unnumberedUntil = unnumbered
    ? (status.report?.position ?? null)
    : blind === 'GTIDS_JUST_BEGUN'
      ? status.unnumberedUntil
      : null;
  const isOld = status.blind === blind && samePosition(status.unnumberedUntil, unnumberedUntil);
  return isOld ? status : { ...status, blind, unnumberedUntil };
}

function samePosition(a: NodeStatus['unnumberedUntil'], b: NodeStatus['unnumberedUntil']): boolean {
  return a === b || (a !== null && b !== null && a.equals(b));
}
