/**
 * Which replica should replace a lost source: one that has received everything that any other has. Received counts, not applied: the
 * rest is in its relay log and is applied before it leads. A replica with an unknown position is never considered the most advanced,
 * and one with a configured delay only if there is no other. With gaps, no replica may have everything.
 */
import type { SeenMember } from './member.ts';

/** What the others have received and this one has not, as `[replica, number of transactions]`. */
export function lacking(candidate: SeenMember, others: readonly SeenMember[]): { from: string; count: bigint }[] {
  const own = candidate.facts.received;
  return others.flatMap(({ name, facts }) => {
    if (own === null || facts.received === null || facts.received.flavour !== own.flavour) return [];
    const count = facts.received.countMissingIn(own);
    return count === 0n ? [] : [{ from: name, count }];
  });
}

/** The best of those that lack nothing: most applied, then priority, then name. `null` if each lacks something. */
export function mostAdvanced(candidates: readonly SeenMember[]): SeenMember | null {
  const known = candidates.filter(({ facts }) => facts.received !== null);
  const complete = known.filter((candidate) => lacking(candidate, known).length === 0);
  return (
    complete.sort((a, b) => {
      if (isDelayed(a) !== isDelayed(b)) return isDelayed(a) ? 1 : -1;
      const [aFirst, bFirst] = [
        a.facts.position.includes(b.facts.position),
        b.facts.position.includes(a.facts.position),
      ];
      if (aFirst !== bFirst) return aFirst ? -1 : 1;
      return a.priority - b.priority || a.name.localeCompare(b.name, 'en', { numeric: true });
    })[0] ?? null
  );
}

const isDelayed = ({ facts }: SeenMember): boolean => (facts.delayMs ?? 0) > 0;
