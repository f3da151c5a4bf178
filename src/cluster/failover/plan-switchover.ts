/**
 * Hands over from a live source without loss: it refuses writes, the replica gets everything and leads, and the old source replicates
 * it. Until the new epoch is recorded everything can be reverted by making the old source writable again.
 */
import { chosenTarget } from './chosen-target.ts';
import { findLeader, newestEpochs } from './leader.ts';
import { followsMember, isSeenMember, type Member } from './member.ts';
import { type Decision, refused, type Step } from './plan.ts';

export function planSwitchover(members: readonly Member[], target: string): Decision {
  const leader = findLeader(members);
  if (leader === null || !isSeenMember(leader)) {
    const gone = leader === null ? 'it is unknown which server is the source' : `${leader.name} is unreachable`;
    return refused(`${gone}: use promote ${target}`);
  }
  const next = chosenTarget(members, target, () => null);
  if (typeof next === 'string') return refused(next);
  if (next.name === leader.name) return { verdict: 'nothing', why: `${target} is the source already` };
  const { facts } = next;
  const reasons: string[] = [];
  if (!leader.facts.abilities.stepsDown) {
    reasons.push(
      `${leader.name} cannot be told over a connection to step down: stop it on its host, then say promote ${target}`,
    );
  }
  if (facts.receiver !== 'CONNECTED') reasons.push(`${target} does not receive from ${leader.name}`);
  if (facts.applier !== 'RUNNING')
    reasons.push(`${target} does not apply (${facts.replicationError ?? 'it is stopped'})`);
  if ((facts.delayMs ?? 0) > 0) reasons.push(`${target} has a configured delay of ${(facts.delayMs ?? 0) / 1000} s`);
  if (facts.epochs === null) reasons.push(`${target} keeps no record of promotions: run the migrations first`);
  if (reasons.length > 0) return refused(...reasons);

  const others = members.filter(isSeenMember).filter((member) => member !== next && member !== leader);
  // Cascaded replicas stay where they are; of servers that replicate each other only the roles change.
  const following = others.filter((member) => followsMember(member, leader));
  const isRing = followsMember(leader, next);
  const epoch = (newestEpochs(members).at(-1)?.epoch ?? 0) + 1;
  const steps: Step[] = [
    { kind: 'refuse-writes', node: leader.name },
    { kind: 'catch-up', node: target, source: leader.name },
    ...(isRing ? [] : [{ kind: 'stop-replicating', node: target, forget: true } as const]),
    ...(isRing ? following : [leader, ...following]).map(
      ({ name }): Step => ({ kind: 'follow', node: name, source: target }),
    ),
    { kind: 'record-epoch', node: target, epoch },
    { kind: 'accept-writes', node: target },
  ];
  const unseen = members.filter((member) => !isSeenMember(member));
  return {
    verdict: 'go',
    steps,
    notes: [
      `writes are refused from the first step to the last`,
      ...unseen.map(({ name, trouble }) => `${name} is unreachable (${trouble}): run rejoin ${name} when it is back`),
    ],
  };
}
