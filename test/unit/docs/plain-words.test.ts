import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { read } from './documents.ts';

/** Translated phrases, with the term that engineers use. */
const phrases = [
  [/\bunless told\b/i, 'Default:'],
  [/\bnobody\b/i, 'no client, no server, unknown'],
  [/\bwhoever\b/i, 'if you, a client that'],
  [/\b(?:some|any|every)body\b/i, 'another client, an operator, all accounts'],
  [/\b(?:how it is|how far it is)\b/i, 'state, progress'],
  [/\bonce more\b/i, 'again'],
  [/\bagain and again\b/i, 'repeatedly'],
  [/\bends with [0-9]\b/i, 'exit status'],
] as const;

/** Words that people type where a secret is needed. */
const wordList = 'src/config/parts/common-words.ts';

/** No text or comment of these folders has them. */
const folders = readdirSync(new URL('../../../src/', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `src/${name}/`);

const filesIn = (folder: string): readonly string[] =>
  readdirSync(new URL(`../../../${folder}`, import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ts|tsx|sql|sh|cnf|mjs|css|md)$/.test(name))
    .map((name) => `${folder}${name}`)
    .filter((path) => path !== wordList);

function translatedIn(path: string): readonly string[] {
  const lines = read(path).split('\n');
  return phrases.flatMap(([phrase, better]) =>
    lines.filter((line) => phrase.test(line)).map((line) => `${path}: ${line.trim()} (better: ${better})`),
  );
}

describe('texts for users', () => {
  it.each([
    'schema.graphql',
    '.env.example',
    'src/cli/arguments.ts',
    'src/cli/backup-options.ts',
    'src/cli/cluster-options.ts',
    'src/cli/health-options.ts',
    'src/cli/migrate.ts',
    'src/cli/mirror.ts',
    'src/cli/seed.ts',
    'src/cli/worker.ts',
    'src/tidemark.ts',
  ])('use the terms of the field: %s', (path) => {
    expect(translatedIn(path)).toEqual([]);
  });
});

describe('comments and texts of the code', () => {
  it.each(folders)('use the terms of the field: %s', (folder) => {
    const files = filesIn(folder);
    expect(files.length).toBeGreaterThan(0);
    expect(files.flatMap(translatedIn)).toEqual([]);
  });
});
