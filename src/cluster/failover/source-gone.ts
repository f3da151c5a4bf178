import { isSeenMember, type Member } from './member.ts';

/**
 * Why nobody may take it that the source is gone, `null` when it is. One observer is not enough: we may be the one that is
 * cut off. So the source must be out of our reach, and every replica must be in it and have lost the source as well.
 */
export function whySourceMayLive(members: readonly Member[], leader: Member | null): string | null {
  if (leader === null) return 'nobody knows which server is the source';
  if (isSeenMember(leader)) return `${leader.name} is the source and answers`;
  const replicas = members.filter((member) => member !== leader);
  const seen = replicas.filter(isSeenMember);
  if (seen.length === 0) return 'no server answers: it may be us who are cut off';
  const unseen = replicas.find((member) => !isSeenMember(member));
  if (unseen !== undefined) return `${unseen.name} is out of reach (${unseen.trouble}) and cannot be asked`;
  const connected = seen.find(({ facts }) => facts.receiver === 'CONNECTED');
  if (connected !== undefined) return `${connected.name} still receives from ${leader.name}`;
  return null;
}
