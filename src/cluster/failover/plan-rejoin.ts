/**
 * A server that was the source, or was left out, comes back as a replica. What it holds is judged by the promotions since:
 * transactions that did not survive are errant, and a server that holds some shows its readers another past. They are
 * listed and the server is refused; nothing is written to it. Only a fresh copy of the source's data makes it a replica.
 */
import { errantTransactions } from '../errant-transactions.ts';
import { findLeader } from './leader.ts';
import { followsMember, isSeenMember, type Member, type SeenMember } from './member.ts';
import { type Decision, refused, type Step } from './plan.ts';

export function planRejoin(members: readonly Member[], name: string): Decision {
  const leader = findLeader(members);
  if (leader === null || !isSeenMember(leader)) return refused('the source is out of reach');
  const member = members.find((candidate) => candidate.name === name);
  if (member === undefined) return refused(`there is no server ${name}`);
  if (!isSeenMember(member)) return refused(`${name} is out of reach (${member.trouble})`);
  if (member.name === leader.name) return { verdict: 'nothing', why: `${name} is the source` };
  const { facts } = member;
  const fence: Step[] = facts.readOnly ? [] : [{ kind: 'refuse-writes', node: name }];
  if (followsMember(member, leader) && facts.receiver === 'CONNECTED' && facts.applier === 'RUNNING') {
    if (fence.length > 0) return { verdict: 'go', steps: fence, notes: [] };
    return { verdict: 'nothing', why: `${name} replicates ${leader.name} already` };
  }
  const reasons = whyNotAReplica(member, leader);
  if (reasons.length > 0) return refused(...reasons);
  return { verdict: 'go', steps: [...fence, { kind: 'follow', node: name, source: leader.name }], notes: [] };
}

/** Why what the server holds is no part of the source's history; empty when it is. */
export function whyNotAReplica({ name, facts }: SeenMember, leader: SeenMember): string[] {
  if (facts.flavour !== leader.facts.flavour)
    return [`${name} is ${facts.flavour}, the source ${leader.facts.flavour}`];
  if (facts.position.isEmpty()) return [];
  const errant = errantTransactions(facts, leader.facts);
  if (errant === null) return [`nobody can tell whether all that ${name} holds is part of the present history`];
  if (errant.length === 0) return [];
  return [
    `${name} holds transactions that did not survive the failover: ${errant.join('; ')}`,
    `save what is worth it from ${name}, then give it a fresh copy of ${leader.name}'s data`,
  ];
}
