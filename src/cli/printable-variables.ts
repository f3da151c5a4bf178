import { knownVariables } from '../config/known-variables.ts';

/** Every variable with its default and meaning, a line each. */
export function printableVariables(): string {
  const lines = knownVariables.flatMap(({ title, variables }) => [
    '',
    title,
    ...variables.map((one) => {
      const fallback = one.unset ?? one.default ?? '';
      return plain(`  ${one.name.padEnd(28)} ${one.about}${fallback === '' ? '' : ` Default: ${fallback}`}`);
    }),
  ]);
  return `${lines.slice(1).join('\n')}\n`;
}

const plain = (markdown: string) => markdown.replaceAll('`', '');
