/**
 * Which server is the source, as far as the servers can tell. The newest epoch names it, because a deposed source that returns is
 * writable and considers itself the source; only its record of promotions is older. Without a record it is the writable server
 * (../roles.ts), and if none is writable the configured one. If the recorded one refuses writes while exactly one other server accepts
 * them, that one was promoted by hand.
 */
import type { EpochHistory } from '../../consistency/epoch.ts';
import { sourceIdOf } from '../heard-epoch.ts';
import { followsMember, isSeenMember, type Member, type SeenMember } from './member.ts';
import { writableSources } from './roles-of-members.ts';

/** The longest record of promotions; empty if no member has one. */
export function newestEpochs(members: readonly Member[]): EpochHistory {
  const records = members.map(({ facts }) => facts?.epochs ?? []);
  return records.reduce((newest, record) => (last(record) > last(newest) ? record : newest), []);
}

export function findLeader(members: readonly Member[]): Member | null {
  const seen = members.filter(isSeenMember);
  const writable = writableSources(members).filter(isSeenMember);
  const sourceId = newestEpochs(members).at(-1)?.sourceId ?? '';
  if (sourceId === '') return amongEquals(members, seen, writable);
  const recorded = seen.find(({ facts }) => sourceIdOf(facts.identity) === sourceId);
  if (recorded === undefined) return outOfReach(members, seen);
  const [byHand] = writable;
  if (!recorded.facts.readOnly || writable.length !== 1 || byHand === undefined) return recorded;
  // A deposed source that returns does not know of the promotion.
  const knows = last(byHand.facts.epochs ?? []) === last(newestEpochs(members));
  return recorded.facts.follows !== null || knows ? byHand : recorded;
}

function amongEquals(
  members: readonly Member[],
  seen: readonly SeenMember[],
  writable: readonly SeenMember[],
): Member | null {
  const followed = writable.filter((member) => seen.some((other) => followsMember(other, member)));
  const candidates = followed.length > 0 ? followed : writable;
  return (
    candidates.find(({ configuredSource }) => configuredSource) ??
    candidates[0] ??
    members.find((member) => seen.some((other) => followsMember(other, member))) ??
    members.find(({ configuredSource }) => configuredSource) ??
    null
  );
}

function outOfReach(members: readonly Member[], seen: readonly SeenMember[]): Member | null {
  const lost = members.filter((member) => !isSeenMember(member));
  const followed = lost.filter((member) => seen.some((other) => followsMember(other, member)));
  if (followed.length === 1) return followed[0] ?? null;
  return lost.length === 1 ? (lost[0] ?? null) : null;
}

const last = (record: EpochHistory): number => record.at(-1)?.epoch ?? 0;
