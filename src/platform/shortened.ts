const mostCharacters = 500;
const halfCharacter = /[\uD800-\uDBFF]$/;

/** As much of a text about something wrong as anybody reads. */
export function shortened(text: string): string {
  return text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters).replace(halfCharacter, '')}…`;
}
