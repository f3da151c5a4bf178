const mostCharacters = 500;
const halfCharacter = /[\uD800-\uDBFF]$/;

/** Error texts are cut to this length. */
export function shortened(text: string): string {
  return text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters).replace(halfCharacter, '')}…`;
}
