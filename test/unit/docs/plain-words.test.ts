import { describe, expect, it } from 'vitest';
import { read } from './documents.ts';

/** Translated phrases, with the term that engineers use. Comments and tests are not searched. */
const phrases = [
  [/\bunless told\b/i, 'Default:'],
  [/\bnobody\b/i, 'no client, no server, unknown'],
  [/\bwhoever\b/i, 'if you, a client that'],
  [/\bsomebody\b/i, 'another client, an operator'],
  [/\b(?:how it is|how far it is)\b/i, 'state, progress'],
  [/\bonce more\b/i, 'again'],
  [/\bends with [0-9]\b/i, 'exit status'],
] as const;

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
    const lines = read(path).split('\n');
    const found = phrases.flatMap(([phrase, better]) =>
      lines.filter((line) => phrase.test(line)).map((line) => `${line.trim()} (better: ${better})`),
    );
    expect(found).toEqual([]);
  });
});
