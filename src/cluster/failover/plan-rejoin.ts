/**
 * Makes a former source, or a server that was left out, a replica again. Its data is judged by the promotions since: transactions that
 * did not survive are errant, and a server that has some shows its readers another past. They are listed and the server is refused
 * unchanged. Only a fresh copy of the source's data makes it a replica: it is made here if the operator allows its data to be
 * discarded.
 */
import { errantTransactions } from '../errant-transactions.ts';
import { findLeader } from './leader.ts';
import { followsMember, isSeenMember, type Member, type SeenMember } from './member.ts';
import { type Decision, refused, type Step } from './plan.ts';

export type RejoinWishes = {
  /** The server's data may be discarded. */
  readonly discard: boolean;
  /** Why the source's data cannot be copied from here. */
  readonly obstacles: readonly string[];
};

const keep: RejoinWishes = { discard: false, obstacles: [] };

export function planRejoin(members: readonly Member[], name: string, wishes: RejoinWishes = keep): Decision {
  const leader = findLeader(members);
  if (leader === null || !isSeenMember(leader)) return refused('the source is unreachable');
  const member = members.find((candidate) => candidate.name === name);
  if (member === undefined) return refused(`there is no server ${name}`);
  if (!isSeenMember(member)) return refused(`${name} is unreachable (${member.trouble})`);
  if (member.name === leader.name) return { verdict: 'nothing', why: `${name} is the source` };
  const { facts } = member;
  const reasons = whyNotAReplica(member, leader);
  const isForeign = facts.flavour !== leader.facts.flavour;
  if (wishes.discard && !isForeign && (reasons.length > 0 || facts.position.isEmpty())) {
    return planCopy(member, leader, { ...wishes, reasons });
  }
  if (reasons.length > 0) return refused(...reasons);
  if (!facts.abilities.stepsDown && facts.follows === null) return refused(onTheHost(name, leader.name));
  const fence: Step[] = facts.readOnly ? [] : [{ kind: 'refuse-writes', node: name }];
  if (followsMember(member, leader) && facts.receiver === 'CONNECTED' && facts.applier === 'RUNNING') {
    if (fence.length > 0) return { verdict: 'go', steps: fence, notes: [] };
    return { verdict: 'nothing', why: `${name} replicates ${leader.name} already` };
  }
  return { verdict: 'go', steps: [...fence, { kind: 'follow', node: name, source: leader.name }], notes: [] };
}

function planCopy(
  { name, facts }: SeenMember,
  leader: SeenMember,
  { obstacles, reasons }: RejoinWishes & { readonly reasons: readonly string[] },
): Decision {
  const { copies, copyTools } = facts.abilities;
  const unable = [
    ...(copies ? [] : ['servers of this kind are not copied over connections']),
    ...facts.unfit,
    ...obstacles.map((obstacle) => `${leader.name} cannot be copied from here: ${obstacle}`),
  ];
  if (unable.length > 0) {
    return refused(
      ...unable,
      `copy ${leader.name} to ${name} with a tool of the server (${copyTools}), then rejoin ${name}`,
    );
  }
  return {
    verdict: 'go',
    steps: [
      { kind: 'copy', node: name, source: leader.name },
      { kind: 'follow', node: name, source: leader.name },
    ],
    notes: [
      ...reasons.filter((reason) => !reason.startsWith(saveFirst)),
      `all of it, and its binary log, is deleted for good; accounts on ${name} stay`,
      `${leader.name} blocks commits for a moment when the copy begins`,
    ],
  };
}

/** What has to be done where the server runs. */
export const onTheHost = (name: string, source: string): string =>
  `${name} cannot be told over a connection to follow: make it a replica of ${source} on its host`;

const saveFirst = 'save what you need';

/** Why the server's data is not part of the source's history; empty if it is. */
export function whyNotAReplica({ name, facts }: SeenMember, leader: SeenMember): string[] {
  if (facts.flavour !== leader.facts.flavour)
    return [`${name} is ${facts.flavour}, the source ${leader.facts.flavour}`];
  if (facts.position.isEmpty()) return [];
  const errant = errantTransactions(facts, leader.facts);
  if (errant === null) return [`cannot determine whether all data of ${name} is part of the current history`];
  if (errant.length === 0) return [];
  return [
    `${name} holds transactions that did not survive the failover: ${errant.join('; ')}`,
    `${saveFirst} from ${name}, then give it a fresh copy of ${leader.name}'s data: rejoin ${name} --discard`,
  ];
}
