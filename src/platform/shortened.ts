const maxCharacters = 500;
const halfCharacter = /[\uD800-\uDBFF]$/;

/** Error texts are cut to this length. */
export function shortened(text: string): string {
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters).replace(halfCharacter, '')}…`;
}
