import { readdirSync, readFileSync } from 'node:fs';

/** Text of a file of the project, by its path from the root. */
export const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

const root = new URL('../../../', import.meta.url);

const markdownIn = (folder: string): readonly string[] =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}${name}`);

/** Every document that readers are led to, by its path from the root. */
export const documents: readonly string[] = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...markdownIn('docs/'),
  'test/README.md',
  'test/bench/README.md',
  'findings/README.md',
];
