/**
 * One more replica. It must speak the source's language, replicate by GTID, and be empty or hold a part of the present
 * history. Copying a large database is the operator's choice of tool; a server without data can only begin at the source's
 * first transaction, so an empty one is taken only while the source still has them all.
 */
import { findLeader } from './leader.ts';
import { isSeenMember, type Member } from './member.ts';
import { type Decision, refused } from './plan.ts';
import { planRejoin, whyNotAReplica } from './plan-rejoin.ts';

export type AdditionFacts = {
  /** The source still has every transaction since its first. */
  readonly sourceHasAll: boolean;
  /** The account that the application uses works there. */
  readonly appMayConnect: boolean;
};

export function planAddition(members: readonly Member[], addition: Member, extra: AdditionFacts): Decision {
  const leader = findLeader(members);
  if (leader === null || !isSeenMember(leader)) return refused('the source is out of reach');
  if (!isSeenMember(addition)) return refused(`${addition.name} is out of reach (${addition.trouble})`);
  const { facts } = addition;
  const reasons = [...facts.unfit, ...whyNotAReplica(addition, leader)];
  if (members.some((member) => member.facts?.identity === facts.identity)) {
    reasons.push('it is a member already, or has the identity of one: give it a server id or UUID of its own');
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
  return { ...decision, notes: [...decision.notes, "the application's account does not work there yet"] };
}

/** By the two first numbers: a source may replicate to a newer server, not to an older one. */
function olderThan(version: string, other: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number.parseFloat);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number.parseFloat);
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}
