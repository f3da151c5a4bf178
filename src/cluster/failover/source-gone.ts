import { isSeenMember, type Member } from './member.ts';

/**
 * Why the source cannot be considered gone, `null` if it can. One observer is not enough, because it may be the one that is cut off. So
 * the source must be unreachable from here, every replica must be reachable, and every replica must have lost the source as well.
 */
export function whySourceMayLive(members: readonly Member[], leader: Member | null): string | null {
  if (leader === null) return 'it is unknown which server is the source';
  if (isSeenMember(leader)) return `${leader.name} is the source and answers`;
  const replicas = members.filter((member) => member !== leader);
  const seen = replicas.filter(isSeenMember);
  if (seen.length === 0) return 'no server answers: this machine may be the one that is cut off';
  const unseen = replicas.find((member) => !isSeenMember(member));
  if (unseen !== undefined) return `${unseen.name} is unreachable (${unseen.trouble}) and cannot be asked`;
  const connected = seen.find(({ facts }) => facts.receiver === 'CONNECTED');
  if (connected !== undefined) return `${connected.name} still receives from ${leader.name}`;
  return null;
}
