import { type DocumentNode, Kind, type SelectionSetNode } from 'graphql';

/** Validation compares every fragment with every other one. */
const maxFragments = 50;
/** And every field with those of the same name. */
const maxOfOneName = 100;
/** The answer repeats the name of a field in each row. */
const maxNameLength = 128;

/** Why a document is not validated, `null` if it may be. */
export function documentFault({ definitions }: DocumentNode): string | null {
  const { length } = definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  if (length > maxFragments) return `The document has ${length} fragments, but may have at most ${maxFragments}.`;
  const counts = new Map<string, number>();
  for (const definition of definitions) if ('selectionSet' in definition) countFields(definition.selectionSet, counts);
  for (const [name, count] of counts) {
    if (name.length > maxNameLength) return `The document has a name of more than ${maxNameLength} characters.`;
    if (count > maxOfOneName)
      return `The document asks for \`${name}\` ${count} times, but may at most ${maxOfOneName} times.`;
  }
  return null;
}

/** By response name. */
function countFields(selectionSet: SelectionSetNode | undefined, counts: Map<string, number>): void {
  for (const selection of selectionSet?.selections ?? []) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
    if (selection.kind === Kind.FIELD) {
      const { value } = selection.alias ?? selection.name;
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    countFields(selection.selectionSet, counts);
  }
}
