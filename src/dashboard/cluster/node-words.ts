/** Servers say it in whole seconds. */
export function lagInWords(lagMs: number | null): string {
  return lagMs === null ? '–' : `${Math.round(lagMs / 1000)} s`;
}

const shownCharacters = 28;

/** The end of a position is what moves. */
export function positionInShort(position: string): string {
  return position.length <= shownCharacters ? position : `…${position.slice(-shownCharacters)}`;
}
