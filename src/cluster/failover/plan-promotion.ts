/**
 * Replaces a lost source by a replica.
 *
 * Order matters. All replicas stop receiving from the old source first, so that what was compared stays true.
 * The others replicate the new source while it still refuses writes, so that its first transaction, the epoch, reaches them.
 * The epoch is recorded before writes are accepted: a process that sees the new source writable also sees the new epoch.
 * `--force` may lose transactions or leave a server out; the notes then say what. It never guesses.
 */

import { sourceIdOf } from '../heard-epoch.ts';
import { lacking, mostAdvanced } from './choose-candidate.ts';
import { chosenTarget } from './chosen-target.ts';
import { findLeader, newestEpochs } from './leader.ts';
import { followsMember, isSeenMember, type Member, type SeenMember } from './member.ts';
import { type Decision, refused, type Step } from './plan.ts';
import { isFedBy, writableSources } from './roles-of-members.ts';
import { whySourceMayLive } from './source-gone.ts';

export type PromotionWishes = {
  /** `null` chooses the most advanced replica. */
  readonly target: string | null;
  readonly force: boolean;
  /** Do nothing unless the source is certain to be gone. */
  readonly onlyIfSourceDown: boolean;
};

export function planPromotion(members: readonly Member[], wishes: PromotionWishes): Decision {
  const leader = findLeader(members);
  if (wishes.onlyIfSourceDown) {
    const lives = whySourceMayLive(members, leader);
    if (lives !== null) return { verdict: 'nothing', why: lives };
  }
  if (leader !== null && isSeenMember(leader)) {
    if (wishes.target === null || wishes.target === leader.name) return completePromotion(members, leader);
    return refused(`${leader.name} is the source and answers: use switchover ${wishes.target}, which loses nothing`);
  }
  const seen = members.filter(isSeenMember);
  if (seen.length === 0) return refused('no server answers');
  const target = chosenTarget(members, wishes.target, () => mostAdvanced(seen));
  if (typeof target === 'string') return refused(target);
  const others = seen.filter((member) => member !== target);
  const doubts = doubtsAbout(target, others, members, leader);
  if (doubts.final.length > 0) return refused(...doubts.final);
  if (doubts.forcible.length > 0 && !wishes.force) {
    return refused(...doubts.forcible, 'to do it anyway and lose what is named above, pass --force');
  }
  return { verdict: 'go', steps: promotionSteps(target, others, members), notes: doubts.forcible };
}

function promotionSteps(target: SeenMember, others: readonly SeenMember[], members: readonly Member[]): Step[] {
  const receiving = [target, ...others].filter(({ facts }) => ['CONNECTED', 'CONNECTING'].includes(facts.receiver));
  const ahead = new Set(lacking(target, others).map(({ from }) => from));
  const able = others.filter(({ name, facts }) => !ahead.has(name) && facts.received !== null);
  const unable = others.filter((member) => !able.includes(member) && member.facts.follows !== null);
  const epochs = newestEpochs(members);
  const epoch = (epochs.at(-1)?.epoch ?? 0) + 1;
  return [
    ...receiving.map(({ name }): Step => ({ kind: 'stop-receiving', node: name })),
    ...(target.facts.follows === null ? [] : [{ kind: 'apply-received', node: target.name } as const]),
    ...(target.facts.readOnly ? [] : [{ kind: 'refuse-writes', node: target.name } as const]),
    { kind: 'stop-replicating', node: target.name, forget: true },
    ...able.map(({ name }): Step => ({ kind: 'follow', node: name, source: target.name })),
    ...unable.map(({ name }): Step => ({ kind: 'stop-replicating', node: name, forget: false })),
    ...(target.facts.epochs === null ? [] : [{ kind: 'record-epoch', node: target.name, epoch } as const]),
    { kind: 'accept-writes', node: target.name },
  ];
}

/** Completes an interrupted promotion, or fences a deposed source that has come back. */
function completePromotion(members: readonly Member[], leader: SeenMember): Decision {
  const others = members.filter(isSeenMember).filter((member) => member !== leader);
  const isRecorded = newestEpochs(members).at(-1)?.sourceId === sourceIdOf(leader.facts.identity);
  const writable = writableSources(members);
  const stale = others.filter((member) => writable.includes(member));
  const idle = others.filter((member) => !stale.includes(member) && !isFedBy(member, leader, members));
  // Servers that replicate each other are configured so on purpose.
  const isRing = others.some((member) => followsMember(leader, member) && followsMember(member, leader));
  const joinable = idle.filter(({ facts }) => facts.follows !== null && leader.facts.position.includes(facts.position));
  const steps: Step[] = [
    ...stale.map(({ name }): Step => ({ kind: 'refuse-writes', node: name })),
    ...(leader.facts.follows === null || !isRecorded || isRing
      ? []
      : [{ kind: 'stop-replicating', node: leader.name, forget: true } as const]),
    ...joinable.map(({ name }): Step => ({ kind: 'follow', node: name, source: leader.name })),
    ...(leader.facts.readOnly && (isRecorded || leader.facts.follows === null)
      ? [{ kind: 'accept-writes', node: leader.name } as const]
      : []),
  ];
  if (steps.length === 0) return { verdict: 'nothing', why: `${leader.name} is the source already` };
  return { verdict: 'go', steps, notes: stale.map(({ name }) => `${name} accepts writes beside the source: fenced`) };
}

const delayInWords = ({ facts }: SeenMember): string => `${(facts.delayMs ?? 0) / 1000} s`;

type Doubts = { readonly final: readonly string[]; readonly forcible: readonly string[] };

function doubtsAbout(
  target: SeenMember,
  others: readonly SeenMember[],
  members: readonly Member[],
  leader: Member | null,
): Doubts {
  const final: string[] = [];
  const forcible: string[] = [];
  if (target.facts.received === null) final.push(`cannot determine which transactions ${target.name} has received`);
  if (target.facts.applier === 'STOPPED' && target.facts.replicationError !== null) {
    final.push(`${target.name} cannot apply what it has received (${target.facts.replicationError})`);
  }
  if ((target.facts.delayMs ?? 0) > 0) {
    forcible.push(
      `${target.name} has a configured delay of ${delayInWords(target)}, and applies what it has received only then`,
    );
  }
  if (target.facts.epochs === null) {
    forcible.push(
      `${target.name} keeps no record of promotions (run the migrations): clients would not learn of lost writes`,
    );
  }
  for (const { from, count } of lacking(target, others)) {
    forcible.push(
      `${target.name} lacks ${count} transactions that ${from} has: they would be lost, and ${from} left out`,
    );
  }
  for (const { name, facts } of others) {
    if (facts.received === null)
      forcible.push(`cannot determine which transactions ${name} has received: it may be more`);
    if (facts.receiver === 'CONNECTED') forcible.push(`${name} still receives from the source: it is not gone`);
  }
  for (const { name, trouble } of members) {
    const isOther = name !== leader?.name && name !== target.name && !others.some((other) => other.name === name);
    if (isOther) forcible.push(`${name} is unreachable (${trouble}) and may have received what ${target.name} lacks`);
  }
  return { final, forcible };
}
