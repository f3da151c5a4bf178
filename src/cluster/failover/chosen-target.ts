import { isSeenMember, type Member, type SeenMember } from './member.ts';

/** The member to lead, or why it cannot be that one. */
export function chosenTarget(
  members: readonly Member[],
  name: string | null,
  choose: () => SeenMember | null,
): SeenMember | string {
  if (name === null) {
    return choose() ?? 'no replica has everything that the others have received: name one, and say --force';
  }
  const member = members.find((candidate) => candidate.name === name);
  if (member === undefined) return `there is no server ${name}; there are ${members.map((one) => one.name).join(', ')}`;
  if (!isSeenMember(member)) return `${name} is out of reach (${member.trouble})`;
  return member;
}
