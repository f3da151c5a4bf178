/**
 * Adds a replica. It must be of the source's flavour, replicate by GTID, and be empty or hold a part of the current history. How to copy
 * a large database is the operator's choice; an empty server can only start at the source's first transaction, so it is accepted only
 * while the source still has all of them.
 */
import { findLeader } from './leader.ts';
import { isSeenMember, type Member } from './member.ts';
import { type Decision, refused } from './plan.ts';
import { planRejoin, whyNotAReplica } from './plan-rejoin.ts';

export type AdditionFacts = {
  /** The source still has every transaction since its first. */
  readonly sourceHasAll: boolean;
  /** The application's account works there. */
  readonly appMayConnect: boolean;
};

export function planAddition(members: readonly Member[], addition: Member, extra: AdditionFacts): Decision {
  const leader = findLeader(members);
  if (leader === null || !isSeenMember(leader)) return refused('the source is unreachable');
  if (!isSeenMember(addition)) return refused(`${addition.name} is unreachable (${addition.trouble})`);
  const { facts } = addition;
  const reasons = [...facts.unfit, ...whyNotAReplica(addition, leader)];
  if (members.some((member) => member.facts?.identity === facts.identity)) {
    reasons.push('it is a member already, or has the server id or UUID of one: give it its own');
  }
  if (olderThan(facts.version, leader.facts.version)) {
    reasons.push(`it runs ${facts.version}, older than the source's ${leader.facts.version}`);
  }
  if (facts.position.isEmpty() && !extra.sourceHasAll) {
    reasons.push(`it is empty, and ${leader.name} has purged its first transactions: load a copy of the data first`);
  }
  if (reasons.length > 0) return refused(...reasons);
  const decision = planRejoin([...members, addition], addition.name);
  if (decision.verdict !== 'go' || extra.appMayConnect) return decision;
  return { ...decision, notes: [...decision.notes, 'the account of the application does not work there yet'] };
}

/** Compares major and minor version: a source may replicate to a newer server, not to an older one. */
function olderThan(version: string, other: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number.parseFloat);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number.parseFloat);
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}
