import { isSeenMember, type Member, type SeenMember } from './member.ts';

/** The member to promote, or why it cannot be that one. */
export function chosenTarget(
  members: readonly Member[],
  name: string | null,
  choose: () => SeenMember | null,
): SeenMember | string {
  if (name === null) {
    return choose() ?? 'no replica has everything that the others have received: name one, and pass --force';
  }
  const member = members.find((candidate) => candidate.name === name);
  if (member === undefined)
    return `there is no server ${name}; the servers are ${members.map((one) => one.name).join(', ')}`;
  if (!isSeenMember(member)) return `${name} is unreachable (${member.trouble})`;
  return member;
}
