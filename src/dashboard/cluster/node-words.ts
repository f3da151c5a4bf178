/** Servers report lag in whole seconds. */
export function lagInWords(lagMs: number | null): string {
  return lagMs === null ? '–' : `${Math.round(lagMs / 1000)} s`;
}

const shownCharacters = 28;

/** Shows the end of a position, because that is the part that changes. */
export function positionInShort(position: string): string {
  return position.length <= shownCharacters ? position : `…${position.slice(-shownCharacters)}`;
}
